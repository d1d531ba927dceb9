const express = require('express');
const { WebSocketServer } = require('ws');

const app = express();
const wss = new WebSocketServer({ server: app.listen(3000) });

wss.on('connection', async (ws, req) => {
  ws.user = await sessionFromCookie(req.headers.cookie);
  if (!ws.user) return ws.close(4001, 'unauthorized');
  ws.on('message', (data) => handle(ws.user, data));
});

function disconnectUser(id) {
  for (const ws of wss.clients) if (ws.user.id === id) ws.close(4001, 'session revoked');
}

app.post('/password', requireLogin, async (req, res) => {
  await accounts.setPassword(req.user.id, req.body.password);
  disconnectUser(req.user.id);
  res.sendStatus(204);
});

app.post('/logout', requireLogin, (req, res) => {
  publisher.publish('sessions', JSON.stringify({ ended: req.session.id }));
  req.session.destroy(() => res.sendStatus(204));
});
