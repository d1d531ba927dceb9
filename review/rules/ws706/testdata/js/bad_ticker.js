// Readers choose nothing here but to read slowly.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 1024 });

wss.on('connection', (ws) => {
  ws.on('error', () => {});
});

setInterval(() => {
  const snapshot = JSON.stringify(book.snapshot());
  wss.clients.forEach((client) => client.send(snapshot)); // want `without limit` low
}, 100);
