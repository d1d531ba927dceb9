import { Server } from 'socket.io';

const io = new Server(httpServer);

io.on('connection', (socket) => {
  socket.on('profile', async (id) => {
    const { passwordHash, ...user } = await prisma.user.findUnique({ where: { id: Number(id) } });
    socket.emit('profile', user); // want `without the fields that somebody thought of` low
  });
});
