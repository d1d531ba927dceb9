// ws applies maxPayload while it inflates.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, perMessageDeflate: true, maxPayload: 64 * 1024 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => metrics.record(JSON.parse(data)));
});
