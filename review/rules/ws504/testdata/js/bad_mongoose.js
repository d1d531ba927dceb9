const { WebSocketServer } = require('ws');
const mongoose = require('mongoose');

const User = mongoose.model('User');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'get_user') {
      const user = await User.findById(msg.id);
      ws.send(JSON.stringify(user)); // want `whole stored record` medium
    }
    if (msg.type === 'me') {
      const account = await User.findById(ws.userId);
      const { password, ...rest } = account;
      ws.send(JSON.stringify({ type: 'me', ...rest })); // want `without the fields that somebody thought of` low
    }
    if (msg.type === 'reset') {
      const found = await User.findOne({ email: String(msg.email) });
      ws.send(JSON.stringify({ id: found.id, resetToken: found.resetToken })); // want `sends "resetToken" of a stored record`
    }
  });
});
