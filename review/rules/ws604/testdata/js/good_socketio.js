// Socket.IO has parsed the packet.
import { io } from 'socket.io-client';

const socket = io('https://feed.example.com');
const line = document.getElementById('status');

socket.on('status', (status) => {
  line.textContent = status.text;
});
