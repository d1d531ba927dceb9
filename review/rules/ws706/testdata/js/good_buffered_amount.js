const { WebSocketServer } = require('ws');

const MAX_BUFFERED = 256 * 1024;
const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const text = JSON.stringify({ type: 'chat', text: String(data).slice(0, 500) });
    for (const client of wss.clients) {
      if (client.readyState !== client.OPEN) continue;
      if (client.bufferedAmount > MAX_BUFFERED) {
        client.terminate();
        continue;
      }
      client.send(text);
    }
  });
});
