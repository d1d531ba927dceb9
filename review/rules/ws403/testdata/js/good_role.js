const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    switch (msg.action) {
      case 'set_role':
        if (ws.role !== 'admin') return;
        await db.users.updateOne({ _id: msg.targetUser }, { $set: { role: msg.newRole } });
        break;
      case 'ban':
        if (!await permissions.has(ws.userId, 'users:ban')) return;
        banUser(msg.target);
        break;
      case 'rename':
        await db.users.updateOne({ _id: ws.userId }, { $set: { name: msg.name } });
        break;
    }
  });
});
