const { Server } = require('socket.io');

const io = new Server(3000);
io.use((socket, next) => {
  const user = verifyToken(socket.handshake.auth.token);
  if (!user) return next(new Error('unauthorized'));
  socket.data.user = user;
  next();
});
io.on('connection', (socket) => { // want `ended on purpose close their connections` low
  socket.join(`user-${socket.data.user.id}`);
  socket.on('move', (data) => handle(socket.data.user, data));
});

async function logout(userId) {
  await sessions.deleteAll(userId);
  io.in(`user-${userId}`).disconnectSockets(true);
}
