const { WebSocketServer } = require('ws');
const { ping } = require('./ping');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    ws.send(ping(msg.host));
  });
});
