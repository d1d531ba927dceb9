// A limit on the members of a room is none on the rooms of a member.
const { Server } = require('socket.io');
const io = new Server(3000);

io.use(async (socket, next) => {
  const user = await verifyToken(socket.handshake.auth.token);
  if (!user) return next(new Error('unauthorized'));
  socket.data.user = user;
  next();
});

io.on('connection', (socket) => {
  socket.on('watch', (symbol) => {
    const members = io.sockets.adapter.rooms.get(symbol);
    if (members && members.size >= 100) return;
    socket.join(symbol); // want `nothing counts them` low
  });
});
