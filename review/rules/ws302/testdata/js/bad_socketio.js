const { Server } = require('socket.io');
const io = new Server(3000);

io.on('connection', (socket) => {
  socket.on('move', (data) => { // want `nothing checks types or shape`
    io.emit('moved', { id: socket.id, x: data.x, y: data.y });
  });
});
