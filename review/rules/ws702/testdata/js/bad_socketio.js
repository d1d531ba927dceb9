import { Server } from 'socket.io';

const io = new Server(httpServer);

io.on('connection', (socket) => {
  socket.on('draw', (stroke) => { // want `Nothing counts the messages of a connection` medium
    const { x, y, color } = stroke;
    socket.broadcast.emit('draw', { x: Number(x), y: Number(y), color: String(color).slice(0, 7) });
  });
});
