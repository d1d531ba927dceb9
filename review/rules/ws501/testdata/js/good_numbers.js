import { Server } from 'socket.io';

const io = new Server(httpServer);

io.on('connection', (socket) => {
  socket.on('cursor', (position) => {
    socket.broadcast.emit('cursor', { user: socket.data.user.id, x: Number(position.x), y: Number(position.y) });
  });
});
