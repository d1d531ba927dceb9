const { Server } = require('socket.io');
const { Message } = require('./models');
const io = new Server(3000);

io.on('connection', (socket) => {
  socket.on('edit', async ({ id, text }) => {
    const message = await Message.findById(id);
    message.text = text;
    const owner = message.author; // want `message is null where the message names nothing that exists`
    await message.save();
    socket.emit('edited', { id, owner });
  });
});
