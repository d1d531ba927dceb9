const { WebSocketServer } = require('ws');
const jwt = require('jsonwebtoken');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'auth') {
      ws.user = jwt.verify(msg.token, process.env.JWT_SECRET, { algorithms: ['HS256'] });
      return;
    }
    if (msg.type === 'order') {
      wss.clients.forEach((client) => {
        client.send(JSON.stringify({ type: 'order', symbol: msg.symbol })); // want `goes to every open connection` medium medium-confidence
      });
    }
  });
});
