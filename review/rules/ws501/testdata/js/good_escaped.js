const { WebSocketServer } = require('ws');
const escapeHtml = require('escape-html');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    const line = JSON.stringify({ type: 'chat', html: escapeHtml(String(msg.text).slice(0, 500)) });
    for (const client of wss.clients) client.send(line);
  });
});
