import { Server } from 'socket.io';

const io = new Server(httpServer);

io.on('connection', (socket) => {
  socket.on('profile', async (id) => {
    const user = await prisma.user.findUnique({ where: { id: Number(id) }, select: { id: true, name: true } });
    socket.emit('profile', user);
  });
});
