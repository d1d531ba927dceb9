const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    switch (msg.action) {
      case 'set_role':
        await db.users.updateOne({ _id: msg.targetUser }, { $set: { role: msg.newRole } }); // want `privileged action "set_role"` critical
        break;
      case 'ban':
        banUser(msg.target); // want `privileged action "ban"`
        break;
      case 'admin_broadcast':
        broadcastToAll({ type: 'announcement', text: msg.text }); // want `privileged action "admin_broadcast"`
        break;
    }
  });
});
