const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', async (ws, req) => { // want `failed to authenticate is served`
  ws.user = getSessionFromCookie(req.headers.cookie);
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    await db.documents.deleteOne({ _id: msg.id });
  });
});
