const { WebSocketServer } = require('ws');

const publicView = (u) => ({ id: u.id, name: u.name, avatar: u.avatar });

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const user = await db.users.findById(String(msg.userId));
    if (!user) return ws.send('{"error":"not found"}');
    ws.send(JSON.stringify({ type: 'user', user: publicView(user) }));
  });
});
