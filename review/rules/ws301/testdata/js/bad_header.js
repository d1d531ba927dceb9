const http = require('http');
const { WebSocketServer } = require('ws');
const server = http.createServer();
const wss = new WebSocketServer({ noServer: true });

server.on('upgrade', (req, socket, head) => {
  const sid = req.headers.cookie.split('=')[1]; // want `req.headers.cookie is missing where the client doesn't send it`
  if (!sessions.has(sid)) return socket.destroy();
  wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req));
});
