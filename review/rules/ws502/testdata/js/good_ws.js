const { WebSocketServer } = require('ws');
const jwt = require('jsonwebtoken');

const wss = new WebSocketServer({ port: 8080 });
const prices = new Map();

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'auth') {
      ws.user = jwt.verify(msg.token, process.env.JWT_SECRET, { algorithms: ['HS256'] });
      return;
    }
    if (!ws.user) return;
    for (const client of wss.clients) {
      if (client.user && client.team === ws.team) client.send(JSON.stringify({ type: 'order', symbol: msg.symbol }));
    }
  });
});

// public
setInterval(() => {
  wss.clients.forEach((client) => client.send(JSON.stringify([...prices])));
}, 1000);
