import { io } from 'socket.io-client';

const socket = io('https://app.example.com');

socket.on('reminder', (reminder) => {
  setTimeout(`showReminder("${reminder.text}")`, 1000); // want `reaches setTimeout, which runs it as code` high
});
