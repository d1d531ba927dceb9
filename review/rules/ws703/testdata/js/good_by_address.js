const http = require('http');
const { WebSocketServer } = require('ws');

const MAX_PER_CLIENT = 10;
const open = new Map();
const server = http.createServer();
const wss = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 });

server.on('upgrade', (req, socket, head) => {
  const key = req.socket.remoteAddress;
  const count = open.get(key) ?? 0;
  if (count >= MAX_PER_CLIENT) {
    socket.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n\r\n');
    return;
  }
  open.set(key, count + 1);
  socket.once('close', () => {
    const left = open.get(key) - 1;
    if (left > 0) open.set(key, left);
    else open.delete(key);
  });
  wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req));
});

wss.on('connection', (ws) => {
  ws.on('message', (data) => handle(ws, data));
});
