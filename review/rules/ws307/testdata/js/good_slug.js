const fs = require('fs/promises');
const path = require('path');
const { Server } = require('socket.io');

const io = new Server(3000);
io.on('connection', (socket) => {
  socket.on('example', async (language, callback) => {
    try {
      if (!/^[a-z-]+$/.test(language)) throw new Error('invalid language');
    } catch (err) {
      callback({ ok: false });
      return;
    }
    callback(await fs.readFile(path.join('examples', language, 'index.txt'), 'utf8'));
  });
});
