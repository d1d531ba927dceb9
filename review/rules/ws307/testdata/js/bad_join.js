const { WebSocketServer } = require('ws');
const fs = require('fs');
const path = require('path');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const file = path.join('uploads', msg.name);
    ws.send(fs.readFileSync(file, 'utf8')); // want `"name" of the message .* reaches fs.readFileSync` high
  });
});
