// Compression is off by default.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => metrics.record(JSON.parse(data)));
});
