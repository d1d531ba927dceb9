const { Server } = require('socket.io');
const io = new Server(3000);

io.on('connection', (socket) => {
  socket.on('subscribe', async (channel) => {
    socket.join(channel); // want `any client can listen to any channel` high
  });
});
