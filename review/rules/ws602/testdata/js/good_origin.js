import { io } from 'socket.io-client';

const socket = io('https://app.example.com');

socket.on('session-moved', (message) => {
  const url = new URL(message.url, window.location.origin);
  if (url.origin !== window.location.origin) return;
  window.location.assign(url.href);
});
