const { Server } = require('socket.io');
const io = new Server(3000);
const TOPICS = ['prices', 'news'];

io.on('connection', (socket) => {
  socket.join(`user:${socket.data.userId}`); // one's own

  socket.on('subscribe', (topic) => { // a list is a bound
    if (!TOPICS.includes(topic)) return;
    socket.join(topic);
  });

  socket.on('enter', (room) => { // one takes the place of the other
    if (socket.data.room) socket.leave(socket.data.room);
    socket.data.room = room;
    socket.join(room);
  });
});
