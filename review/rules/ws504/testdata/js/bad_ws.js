const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const user = await db.users.findById(String(msg.userId));
    ws.send(JSON.stringify(user)); // want `sends a whole stored record to the client` medium
  });
});
