import { Server } from 'socket.io';

const io = new Server(httpServer);

io.on('connection', (socket) => {
  socket.on('order', async (order, done) => {
    try {
      done({ ok: true, id: await orders.place(socket.data.user, order) });
    } catch (err) {
      socket.emit('failed', { error: err.message }); // want `sends the text of an exception to the client` low
    }
  });
});
