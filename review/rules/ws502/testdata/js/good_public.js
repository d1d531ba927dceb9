// Prices are everybody's.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 64 });

wss.on('connection', (ws) => {
  ws.on('message', () => ws.send('{"type":"welcome"}'));
});

setInterval(() => {
  const text = JSON.stringify({ type: 'prices', prices: market.snapshot() });
  wss.clients.forEach((client) => client.send(text));
}, 1000);
