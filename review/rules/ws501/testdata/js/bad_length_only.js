// A text of 500 characters is long enough for a script.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (typeof msg.text !== 'string' || msg.text.length > 500) return;
    wss.clients.forEach((client) => {
      client.send(JSON.stringify({ type: 'chat', text: msg.text })); // want `is relayed to other clients` low
    });
  });
});
