const { WebSocketServer } = require('ws');
const mongoose = require('mongoose');

const User = mongoose.model('User');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const user = await User.findById(msg.id);
    if (!user) return;
    ws.send(JSON.stringify({ type: 'user', id: user.id, name: user.name, avatar: user.avatar }));
    ws.send(JSON.stringify(publicUser(user)));
  });
});

function publicUser(user) {
  return { id: user.id, name: user.name };
}
