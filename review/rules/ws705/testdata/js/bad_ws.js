const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({
  port: 8080,
  perMessageDeflate: { threshold: 1024, concurrencyLimit: 10 }, // want `inflated \(permessage-deflate\) up to 100MiB` medium
});

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const event = JSON.parse(data);
    metrics.record(event.name, Number(event.value));
  });
});
