const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });
const rooms = new Map();

wss.on('connection', (ws) => {
  ws.channels = new Set();
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'subscribe') {
      if (ws.channels.size >= 20) return ws.close(1008, 'subscriptions');
      ws.channels.add(msg.channel);
      if (!rooms.has(msg.channel)) rooms.set(msg.channel, new Set());
      rooms.get(msg.channel).add(ws);
    }
  });
});
