const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    if (msg.action === 'get') {
      const user = await db.users.findById(msg.userId); // want `chooses what db.users.findById reads` high
      ws.send(JSON.stringify(user));
    } else if (msg.action === 'delete') {
      await db.messages.deleteOne({ _id: msg.messageId }); // want `chooses what db.messages.deleteOne deletes` high
    }
  });
});
