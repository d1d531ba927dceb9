import { Server, Socket } from 'socket.io';

const io = new Server(3000);

function toRoom(room: string, body: unknown) {
  io.to(room).emit('message', body);
}

io.on('connection', (socket: Socket) => {
  socket.on('message', (message: { room: string; text: string }) => {
    toRoom(message.room, { text: message.text, at: Date.now() }); // want `"text" of the message of the client is relayed`
  });
});
