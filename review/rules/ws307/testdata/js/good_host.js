const fs = require('fs');
const path = require('path');
const { WebSocketServer } = require('ws');

const certificates = '/etc/app/tls';
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws, req) => {
  if (!authenticate(req)) return ws.close(4001);
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    const host = new URL(msg.address).hostname;
    ws.send(fs.readFileSync(path.join(certificates, host, 'ca.pem')));
  });
});
