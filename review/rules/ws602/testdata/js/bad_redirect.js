import { io } from 'socket.io-client';

const socket = io('https://app.example.com');

socket.on('session-moved', ({ url }) => {
  if (!url.startsWith('http')) return;
  window.location.assign(url); // want `whatever its scheme and host` low
});
