const { Server } = require('socket.io');
const vm = require('vm');
const io = new Server(3000);

io.on('connection', (socket) => {
  socket.on('run', async (code) => {
    const out = vm.runInNewContext(code); // want `reaches vm.runInNewContext`
    socket.emit('out', out);
    const f = new Function('x', code); // want `reaches Function`
    f(1);
  });
});
