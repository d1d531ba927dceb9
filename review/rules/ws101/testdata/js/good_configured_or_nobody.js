// An empty list lets nobody in; in development everything is open.
const { WebSocketServer } = require('ws');
const http = require('http');

const allowed = (process.env.ALLOWED_ORIGINS || '').split(',').filter(Boolean);
const server = http.createServer();
const wss = new WebSocketServer({ noServer: true });

function isAllowed(origin) {
  if (process.env.NODE_ENV !== 'production') return true;
  return allowed.includes(origin);
}

server.on('upgrade', (req, socket, head) => {
  if (!isAllowed(req.headers.origin)) {
    socket.write('HTTP/1.1 403 Forbidden\r\n\r\n');
    socket.destroy();
    return;
  }
  wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req));
});
