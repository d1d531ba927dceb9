// Who comes in has signed in, and gets the members' news.
const http = require('http');
const { WebSocketServer } = require('ws');
const jwt = require('jsonwebtoken');

const server = http.createServer();
const wss = new WebSocketServer({ noServer: true, maxPayload: 4096 });

server.on('upgrade', (req, socket, head) => {
  let user;
  try {
    user = jwt.verify(req.headers['sec-websocket-protocol'], process.env.KEY, { algorithms: ['HS256'] });
  } catch {
    socket.destroy();
    return;
  }
  wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req, user));
});

wss.on('connection', (ws, req, user) => {
  ws.on('message', (data) => {
    const text = JSON.stringify({ from: user.name, text: String(data).slice(0, 500) });
    wss.clients.forEach((client) => client.send(text));
  });
});
