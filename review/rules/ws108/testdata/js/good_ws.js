const { WebSocketServer } = require('ws');

const SPOKEN = ['trading.v2', 'trading.v1'];

const wss = new WebSocketServer({
  port: 8080,
  handleProtocols: (protocols) => SPOKEN.find((name) => protocols.has(name)) ?? false,
});

wss.on('connection', (ws) => ws.on('message', (data) => handle(data)));
