const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });
const rooms = new Map([['lobby', new Set()], ['help', new Set()]]);

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    const room = rooms.get(msg.room);
    if (!room) return;
    room.add(ws);
  });
});
