const WebSocket = require('ws');
const wss = new WebSocket.Server({ server }); // want `without any check of Origin.* cookie` critical

wss.on('connection', (ws, req) => {
  const session = getSessionFromCookie(req.headers.cookie);
  if (session) {
    ws.userId = session.userId;
    ws.send('Connected as ' + session.username);
  }
});
