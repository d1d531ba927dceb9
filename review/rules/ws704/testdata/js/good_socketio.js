// Socket.IO pings every 25 seconds.
const { Server } = require('socket.io');

const io = new Server(httpServer);

io.on('connection', (socket) => {
  socket.on('chat', (text) => io.emit('chat', String(text).slice(0, 500)));
});
