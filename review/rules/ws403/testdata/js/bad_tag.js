const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });
wss.on('connection', (ws, req) => {
  ws.user = verifyToken(req.headers.authorization);
  const profile = loadOnce();
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (msg.type !== 'kick') return;
    if (!profile.tags.includes('beta')) return;
    kickUser(msg.target); // want `kickUser`
  });
});
