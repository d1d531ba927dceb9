// 1 MB is the default of Socket.IO.
import { Server } from 'socket.io';

const io = new Server(httpServer, { pingInterval: 25_000 });

io.on('connection', (socket) => {
  socket.on('note', (text) => {
    notes.add(socket.data.user, String(text));
  });
});
