const { Server } = require('socket.io');

const io = new Server(3000);
io.use((socket, next) => {
  socket.data.user = verifyToken(socket.handshake.auth.token);
  next();
});
io.on('connection', (socket) => {
  const { user } = socket.data;
  socket.join(user.id);
  socket.on('draft', (text) => {
    io.to(user.id).emit('draft', text); // the other browsers of the same user
  });
});
