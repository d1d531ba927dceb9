const { Server } = require('socket.io');
const _ = require('lodash');
const io = new Server(3000);

io.on('connection', (socket) => {
  socket.on('settings', async (value) => {
    _.merge(socket.data.settings, value); // want `is merged by _.merge` high
  });
});
