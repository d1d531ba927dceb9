'use strict';

// A chat on Socket.IO with the guide's five flaws. A test program, vulnerable on
// purpose.

const { createServer } = require('node:http');
const { Server } = require('socket.io');
const { z } = require('zod');
const jwt = require('jsonwebtoken');

const httpServer = createServer();
const io = new Server(httpServer, { cors: { origin: ['https://chat.example.com'] } });

const Post = z.object({ room: z.string().max(40), sender: z.string().optional(), body: z.string().max(2000) });

io.on('connection', (socket) => {
  const claims = jwt.verify(socket.handshake.query.token, process.env.JWT_SECRET);
  socket.data.user = claims.sub;

  socket.on('join', (room, done) => {
    socket.join(room);
    done({ ok: true });
  });

  socket.on('post', (message) => {
    const post = Post.parse(message);
    io.to(post.room).emit('post', { sender: post.sender || socket.data.user, body: post.body });
  });

  socket.on('whisper', (to, text) => {
    io.to(to).emit('whisper', { from: socket.data.user, text });
  });

  socket.on('typing', ({ room }) => {
    socket.to(room).emit('typing', { user: socket.data.user });
  });

  socket.on('ban', ({ user, reason }) => {
    for (const s of io.sockets.sockets.values()) {
      if (s.data.user === user) s.disconnect(true);
    }
    io.emit('banned', { user, reason });
  });
});

httpServer.listen(4400);
