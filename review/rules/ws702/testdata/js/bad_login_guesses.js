// express-rate-limit counts requests of HTTP: a socket is one of them.
const express = require('express');
const rateLimit = require('express-rate-limit');
const bcrypt = require('bcrypt');
const { WebSocketServer } = require('ws');

const app = express();
app.use(rateLimit({ windowMs: 60_000, max: 100 }));
const wss = new WebSocketServer({ server: app.listen(8080), maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    if (msg.type !== 'login') return;
    const user = await db.users.findOne({ name: String(msg.name) });
    if (user && (await bcrypt.compare(String(msg.password), user.hash))) { // want `judges a password of a message` medium
      ws.userId = user.id;
      ws.send('{"type":"welcome"}');
    } else {
      ws.send('{"type":"denied"}');
    }
  });
});
