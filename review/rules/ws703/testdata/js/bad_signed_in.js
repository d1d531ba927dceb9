// Who is served has signed in; their sockets are still as many as they like.
const http = require('http');
const { WebSocketServer } = require('ws');
const jwt = require('jsonwebtoken');

const server = http.createServer();
const wss = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 }); // want `Nothing counts the connections of a client` low

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
  ws.on('message', (data) => handle(user, data));
});
