const http = require('http');
const WebSocket = require('ws');

const server = http.createServer();
const wss = new WebSocket.Server({
  server,
  maxPayload: 0,
  perMessageDeflate: true, // want `nothing bounds what comes out` high
});

wss.on('connection', (ws) => {
  ws.on('message', (data) => documents.import(data));
});

server.listen(8080);
