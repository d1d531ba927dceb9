const WebSocket = require('ws');
const wss = new WebSocket.Server({ server: httpServer });

wss.on('connection', (ws, req) => {
 // Extract token from query string
 const token = new URL(req.url, 'http://localhost').searchParams.get('token');

 // No origin validation!
 // No proper token verification!

 ws.on('message', (data) => {
 const msg = JSON.parse(data);

 switch (msg.type) {
 case 'subscribe':
 // Subscribe to price updates — no authorization check
 channels[msg.channel].add(ws);
 break;

 case 'place_order':
 // Execute trade — trusts client-supplied userId
 executeOrder({
 userId: msg.userId, // ❌ User-controlled!
 symbol: msg.symbol,
 quantity: msg.quantity,
 price: msg.price,
 });
 break;

 case 'chat':
 // Broadcast message to all connected clients
 wss.clients.forEach(client => {
 client.send(JSON.stringify({
 type: 'chat',
 message: msg.text, // ❌ No sanitization!
 user: msg.username, // ❌ User-controlled!
 }));
 });
 break;
 }
 });
});
