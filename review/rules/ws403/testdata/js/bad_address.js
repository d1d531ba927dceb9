// What the client's address contains is no role.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });
wss.on('connection', (ws, req) => {
  ws.user = verifyToken(req.headers.authorization);
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (!req.url.includes('admin')) return;
    if (msg.type === 'kick') kickUser(msg.target); // want `kickUser`
  });
});
