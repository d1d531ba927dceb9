// It goes back to who sent it.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => ws.send(data));
});
