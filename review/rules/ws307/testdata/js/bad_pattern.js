const fs = require('fs/promises');
const path = require('path');
const { Server } = require('socket.io');

const io = new Server(3000);
io.on('connection', (socket) => {
  socket.on('dots', async (name, callback) => {
    if (!/^[a-z.\/]+$/.test(name)) return;
    callback(await fs.readFile(path.join('examples', name), 'utf8')); // want `reaches fs.readFile` medium
  });
  socket.on('open', async (name, callback) => {
    if (!/[a-z-]+/.test(name)) return;
    callback(await fs.readFile(path.join('examples', name), 'utf8')); // want `reaches fs.readFile` medium
  });
  socket.on('lines', async (name, callback) => {
    if (!/^[a-z-]+$/m.test(name)) return;
    callback(await fs.readFile(path.join('examples', name), 'utf8')); // want `reaches fs.readFile` medium
  });
});
