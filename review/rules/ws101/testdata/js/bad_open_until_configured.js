const { Server } = require('socket.io');

const allowed = (process.env.ALLOWED_ORIGINS || '').split(',').map((o) => o.trim()).filter(Boolean);

const io = new Server(httpServer, {
  allowRequest: (req, done) => {
    if (allowed.length === 0) {
      return done(null, true);
    }
    done(null, allowed.includes(req.headers.origin)); // want `open to every origin until it is configured` medium medium-confidence
  },
});

io.on('connection', (socket) => {
  socket.on('chat', (text) => socket.broadcast.emit('chat', text));
});
