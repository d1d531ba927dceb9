const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });
const rooms = new Map();

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'subscribe') {
      if (!rooms.has(msg.channel)) rooms.set(msg.channel, new Set()); // want `nothing counts them` medium
      rooms.get(msg.channel).add(ws);
    }
  });
});
