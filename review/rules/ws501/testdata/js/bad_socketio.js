import { Server } from 'socket.io';

const io = new Server(httpServer);

io.on('connection', (socket) => {
  socket.on('join', (room) => socket.join(room));

  socket.on('chat', ({ room, text }) => {
    io.to(room).emit('chat', { user: socket.data.user, text, at: Date.now() }); // want `"text" of .* is relayed to other clients as it came` high
  });
});
