const express = require('express');
const { WebSocketServer } = require('ws');

const app = express();
app.post('/login', (req, res) => {
  res.cookie('theme', req.body.theme, { sameSite: 'strict' });
  res.cookie('session', newSession(req.body), { httpOnly: true, secure: true, sameSite: 'none' });
  res.end();
});

const wss = new WebSocketServer({ server: app.listen(8080) }); // want `any web page can open this socket as its visitor` critical
wss.on('connection', (ws, req) => {
  const user = userFromCookie(req.headers.cookie);
  if (!user) return ws.close(4001);
  ws.on('message', (data) => handle(user, data));
});
