const { Server } = require('socket.io');
const io = new Server(3000);

io.on('connection', (socket) => {
  socket.on('subscribe', async (channel) => {
    if (!['prices', 'news'].includes(channel)) return;
    socket.join(channel);
    socket.join(`user:${socket.data.userId}`);
  });
});

io.on('connection', (socket) => {
  socket.on('team', async (team) => {
    if (!await isMember(socket.data.userId, team)) return;
    socket.join(team);
  });
});
