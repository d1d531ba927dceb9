const url = require('url');
const { WebSocketServer } = require('ws');
const { Server } = require('socket.io');

const wss = new WebSocketServer({ noServer: true });

server.on('upgrade', (req, socket, head) => {
  const { query } = url.parse(req.url, true);
  const user = verifyJwt(query.access_token); // want `"access_token" is read from the URL`
  if (!user) return socket.destroy();
  wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, user));
});

wss.on('connection', (ws, req) => {
  const params = new URLSearchParams(req.url.split('?')[1]);
  ws.session = params.get('session_id'); // want `"session_id"` low-confidence
});

const io = new Server(server);
io.use((socket, next) => {
  const token = socket.handshake.query.token; // want `"token"`
  verifyJwt(token) ? next() : next(new Error('unauthorized'));
});
