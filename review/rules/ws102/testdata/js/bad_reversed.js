// The containment is turned round.
import { Server } from 'socket.io';

const ALLOWED = 'https://app.example.com';

const io = new Server(httpServer, {
  allowRequest: (req, done) => done(null, ALLOWED.startsWith(req.headers.origin)), // want `the containment is turned round` medium
});

io.on('connection', (socket) => socket.on('chat', (text) => io.emit('chat', text)));
