const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (typeof msg.text !== 'string') return;
    wss.clients.forEach((client) => client.send(msg.text));
  });
});

const pings = new WebSocketServer({ port: 8081 });
pings.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'ping') ws.send('pong'); // only the type is asked for
  });
});
