// "Only this machine can connect": so can every page in its browser.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({
  host: '127.0.0.1',
  port: 8080,
  verifyClient: ({ req }) => req.headers.origin === `http://${req.headers.host}`, // want `compares Origin with the Host of the request, and Host with nothing` medium
});

wss.on('connection', (ws) => ws.on('message', (data) => run(data)));
