const jwt = require('jsonwebtoken');
const { WebSocketServer } = require('ws');
const { Server } = require('socket.io');

const wss = new WebSocketServer({
  port: 8080,
  verifyClient: ({ req }, done) => {
    jwt.verify(bearer(req), PUBLIC_KEY, { algorithms: ['RS256'] }, (err, claims) => {
      if (err) return done(false, 401);
      req.claims = claims;
      done(true);
    });
  },
});

wss.on('connection', (ws, req) => { // want `asked once` high
  ws.on('message', (data) => handle(req.claims, data));
});

const io = new Server(8081);
io.use(async (socket, next) => {
  socket.data.user = await verifyToken(socket.handshake.auth.token);
  next(socket.data.user ? undefined : new Error('unauthorized'));
});
io.on('connection', (socket) => { // want `asked once`
  socket.on('order', (order) => place(socket.data.user, order));
});
