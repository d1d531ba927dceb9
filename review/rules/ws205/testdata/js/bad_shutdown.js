const { Server } = require('socket.io');

const io = new Server(3000);
io.use((socket, next) => {
  const user = verifyToken(socket.handshake.auth.token);
  if (!user) return next(new Error('unauthorized'));
  socket.data.user = user;
  next();
});
io.on('connection', (socket) => { // want `nothing looks again` high
  socket.join(`user-${socket.data.user.id}`);
  socket.on('move', (data) => handle(socket.data.user, data));
});

async function shutdown() {

  io.disconnectSockets(true);
}
