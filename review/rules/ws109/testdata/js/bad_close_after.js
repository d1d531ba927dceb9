const WebSocket = require('ws');

const ALLOWED_ORIGINS = new Set(['https://app.example.com']);
const wss = new WebSocket.Server({ server });

wss.on('connection', (ws, req) => {
  if (!ALLOWED_ORIGINS.has(req.headers.origin)) {
    ws.close(4003, 'Forbidden origin'); // want `refused for its origin after the upgrade was accepted` low
    return;
  }
  ws.on('message', (data) => handle(ws, data));
});
