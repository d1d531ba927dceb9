// Raised for the pictures of a chat, on the socket that everybody uses.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const httpServer = createServer();
const io = new Server(httpServer, {
  cors: { origin: 'https://chat.example.com' },
  maxHttpBufferSize: 5e6, // want `up to` low
});

io.on('connection', (socket) => {
  socket.on('picture', async (bytes, done) => {
    const id = await pictures.save(socket.data.user, bytes);
    done({ id });
  });
});

httpServer.listen(3000);
