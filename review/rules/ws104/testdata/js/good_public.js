// A public server behind a proxy that routes by name.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({
  host: '0.0.0.0',
  port: 8080,
  verifyClient: ({ req }) => req.headers.origin === `https://${req.headers.host}`,
});

wss.on('connection', (ws) => ws.on('message', (data) => run(data)));
