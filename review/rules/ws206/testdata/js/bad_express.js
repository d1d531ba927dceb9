const express = require('express');
const { WebSocketServer } = require('ws');

const app = express();
const wss = new WebSocketServer({ server: app.listen(3000) });

wss.on('connection', async (ws, req) => {
  ws.user = await sessionFromCookie(req.headers.cookie);
  if (!ws.user) return ws.close(4001, 'unauthorized');
  ws.on('message', (data) => handle(ws.user, data));
});

app.post('/password', requireLogin, async (req, res) => {
  await accounts.setPassword(req.user.id, req.body.password); // want `password is changed here` high
  res.sendStatus(204);
});

app.post('/logout', requireLogin, (req, res) => {
  req.session.destroy(() => res.sendStatus(204)); // want `session is ended here`
});

// Only the server's own end.
process.on('SIGTERM', function shutdown() {
  for (const ws of wss.clients) ws.close(1001);
});
