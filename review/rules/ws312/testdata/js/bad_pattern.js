const { WebSocketServer } = require('ws');
const names = require('./names');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const re = new RegExp(msg.pattern); // want `"pattern" of the message .* reaches RegExp` medium
    ws.send(String(names.filter((n) => re.test(n))));
  });
});
