const WebSocket = require('ws');
const ALLOWED = new Set(['https://app.example.com']);
const wss = new WebSocket.Server({ server });

wss.on('connection', (ws, req) => {
  if (!ALLOWED.has(req.headers.origin)) {
    ws.close(4003);
    return;
  }
  const session = getSessionFromCookie(req.headers.cookie);
  ws.userId = session.userId;
});
