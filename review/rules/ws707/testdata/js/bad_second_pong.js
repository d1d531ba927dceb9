// ws has answered already.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('ping', (payload) => ws.pong(payload)); // want `beside, or instead of, the library` low
  ws.on('message', (data) => handle(ws, data));
});
