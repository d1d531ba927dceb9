const { Server } = require('socket.io');
const mongoose = require('mongoose');
const Note = mongoose.model('Note', new mongoose.Schema({}));
const io = new Server(3000);

io.on('connection', (socket) => {
  socket.on('create', async (data) => {
    const note = await Note.create(data); // want `is stored by Note.create`
    socket.emit('created', note.id);
  });
});
