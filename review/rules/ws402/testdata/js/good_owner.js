const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    await db.messages.deleteOne({ _id: msg.messageId, ownerId: ws.userId });
    const note = await db.notes.findById(msg.noteId);
    if (!note || note.ownerId !== ws.userId) return;
    await db.notes.deleteOne({ _id: msg.noteId });
    await db.messages.insertOne({ roomId: msg.roomId, text: msg.text });
    const mine = await db.users.findById(ws.userId);
    ws.send(JSON.stringify(mine));
    if (ws.role !== 'admin') return;
    await db.users.deleteOne({ _id: msg.userId });
  });
});
