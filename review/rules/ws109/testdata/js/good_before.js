const WebSocket = require('ws');

const ALLOWED_ORIGINS = new Set(['https://app.example.com']);
const wss = new WebSocket.Server({ noServer: true });

server.on('upgrade', (req, socket, head) => {
  if (!ALLOWED_ORIGINS.has(req.headers.origin)) {
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    return;
  }
  wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req));
});

wss.on('connection', (ws) => {
  // What the first message says is not known before.
  ws.once('message', (data) => {
    const user = authenticate(JSON.parse(data).ticket);
    if (!user) {
      ws.close(4001, 'Unauthorized');
    }
  });
});
