const { WebSocketServer } = require('ws');
const { exec } = require('child_process');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    exec(`ping -c 1 ${msg.host}`, (err, out) => ws.send(out)); // want `"host" of the message .* reaches exec` critical
  });
});
