const express = require('express');
const session = require('express-session');
const { exec } = require('child_process');
const { WebSocketServer } = require('ws');

const app = express();
app.use(session({ secret: process.env.SECRET }));
app.use((req, res, next) => (req.session.user ? next() : res.sendStatus(401)));
app.post('/login', async (req, res) => {
  req.session.user = await checkPassword(req.body.user, req.body.password);
  res.sendStatus(204);
});

// Upgrades pass by the middleware.
const wss = new WebSocketServer({ server: app.listen(3000) });
wss.on('connection', (ws) => { // want `without authentication: exec runs` high
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'run') exec(`service ${msg.name} restart`);
  });
});
