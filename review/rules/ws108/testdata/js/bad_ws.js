const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({
  port: 8080,
  handleProtocols: (protocols) => [...protocols][0], // want `sub-protocol is taken`
});

wss.on('connection', (ws) => ws.on('message', (data) => handle(ws.protocol, data)));
