const express = require('express');
const { WebSocketServer } = require('ws');

const app = express();
// Prices for everybody: nobody is signed in on it.
const wss = new WebSocketServer({ server: app.listen(3000) });
wss.on('connection', (ws) => ws.on('message', (data) => ws.send(price(JSON.parse(data).symbol))));

app.post('/logout', (req, res) => req.session.destroy(() => res.sendStatus(204)));
