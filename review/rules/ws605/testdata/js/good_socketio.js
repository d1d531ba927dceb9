// Its delay grows up to 5 seconds, and is randomised by half.
import { io } from 'socket.io-client';

const socket = io('https://feed.example.com');

socket.on('tick', (tick) => render(tick));
socket.on('disconnect', () => banner.show('offline'));
