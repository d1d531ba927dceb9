import { Server } from 'socket.io';
import { RateLimiterMemory } from 'rate-limiter-flexible';

const limiter = new RateLimiterMemory({ points: 10, duration: 1 });
const io = new Server(httpServer);

io.on('connection', (socket) => {
  socket.on('draw', async (stroke) => {
    try {
      await limiter.consume(socket.handshake.address);
    } catch {
      socket.disconnect(true);
      return;
    }
    socket.broadcast.emit('draw', { x: Number(stroke.x), y: Number(stroke.y) });
  });
});
