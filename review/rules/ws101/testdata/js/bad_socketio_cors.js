// cors.origin guards the polling transport alone.
import { Server } from 'socket.io';

const io = new Server(httpServer, { cors: { origin: 'https://app.example.com' } }); // want `socket.io accepts the upgrade without any check of Origin` high

io.on('connection', (socket) => {
  socket.on('order', (order) => place(order));
});
