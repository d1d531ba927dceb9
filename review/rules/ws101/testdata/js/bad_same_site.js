// Lax keeps the cookie from pages of other sites. Those of the same site have it.
const express = require('express');
const { WebSocketServer } = require('ws');

const app = express();
app.post('/login', (req, res) => {
  res.cookie('session', newSession(req.body), { httpOnly: true, secure: true, sameSite: 'lax' });
  res.end();
});

const wss = new WebSocketServer({ server: app.listen(8080) }); // want `any page of the same site` medium
wss.on('connection', (ws, req) => {
  const user = userFromCookie(req.headers.cookie);
  if (!user) return ws.close(4001);
  ws.on('message', (data) => handle(user, data));
});
