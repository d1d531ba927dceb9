import { io } from 'socket.io-client';

const socket = io('https://app.example.com');

socket.on('reminder', (reminder) => {
  const delay = Math.min(Math.max(Number(reminder.delay) || 0, 0), 86_400_000);
  setTimeout(() => showReminder(reminder.text), delay);
});
