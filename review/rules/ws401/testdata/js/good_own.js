const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    executeOrder({ userId: ws.userId, symbol: msg.symbol });
    if (msg.from !== ws.userId) return;
    wss.clients.forEach((client) => client.send(JSON.stringify({ text: msg.text, from: msg.from })));
    registerUser({ username: msg.username, password: msg.password });
    const profile = await db.users.findById(msg.userId);
    ws.send(JSON.stringify({ name: profile?.name, to: msg.userId }));
  });
});
