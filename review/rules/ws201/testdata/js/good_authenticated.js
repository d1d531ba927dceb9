const { createServer } = require('http');
const { WebSocketServer } = require('ws');
const { Server } = require('socket.io');

// In the upgrade listener.
const server = createServer();
const wss = new WebSocketServer({ noServer: true });
server.on('upgrade', async (req, socket, head) => {
  const user = await sessionFromCookie(req.headers.cookie);
  if (!user) {
    socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    return;
  }
  wss.handleUpgrade(req, socket, head, (ws) => {
    ws.on('message', async (data) => db.documents.deleteOne({ _id: JSON.parse(data).id, owner: user.id }));
  });
});

// In verifyClient.
const verified = new WebSocketServer({
  port: 8081,
  verifyClient: ({ req }, done) => {
    verifyToken(req.headers.authorization).then((user) => (user ? done(true) : done(false, 401)));
  },
});
verified.on('connection', (ws) => ws.on('message', (data) => runJob(JSON.parse(data))));

// In the connection handler.
const late = new WebSocketServer({ port: 8082 });
late.on('connection', (ws, req) => {
  const user = sessionFromCookie(req.headers.cookie);
  if (!user) return ws.close(4001, 'unauthorized');
  ws.on('message', async (data) => db.documents.deleteOne({ _id: JSON.parse(data).id, owner: user.id }));
});

// In middleware.
const io = new Server(server);
io.use(async (socket, next) => {
  try {
    socket.data.user = await verifyToken(socket.handshake.auth.token);
    next();
  } catch (err) {
    next(new Error('unauthorized'));
  }
});
io.on('connection', (socket) => {
  socket.on('delete', (id) => db.documents.deleteOne({ _id: id, owner: socket.data.user.id }));
});
