import http from 'http';
import { WebSocketServer } from 'ws';

const server = http.createServer();
const wss = new WebSocketServer({ noServer: true });
const url = process.env.URL ?? '';

server.on('upgrade', (req, socket, head) => {
  if (!req.headers.origin || !url.startsWith(req.headers.origin)) { // want `configured origin.*turned round` low medium-confidence
    return socket.destroy();
  }
  wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req));
});
