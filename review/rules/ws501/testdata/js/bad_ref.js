import { useRef } from 'react';
import { Server } from 'socket.io';

const io = new Server(3000);

export function useChat() {
  const last = useRef(null);
  io.on('connection', (socket) => {
    last.current = socket;
    socket.on('chat', (message) => {
      console.log(last.userId);
      io.emit('chat', message.text); // want `"text" of the message of the client is relayed`
    });
  });
}
