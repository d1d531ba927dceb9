const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'place_order') {
      executeOrder({
        userId: msg.userId, // want `says who acts in executeOrder` critical
        symbol: msg.symbol,
      });
    }
    if (msg.type === 'chat') {
      wss.clients.forEach((client) => client.send(JSON.stringify({
        text: msg.text,
        user: msg.username, // want `says who speaks in client.send` high
      })));
    }
    if (msg.type === 'hello') ws.userId = msg.userId; // want `becomes ws.userId`
  });
});
