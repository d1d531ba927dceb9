const { Server } = require('socket.io');

const io = new Server(3000);

io.on('connection', (socket) => {
  // a room of one: back to the sender
  socket.on('whoami', (name) => io.to(socket.id).emit('you', { name, id: socket.id }));
  socket.on('typing', (on) => socket.broadcast.emit('typing', { on: Boolean(on) }));
});
