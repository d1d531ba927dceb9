const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const text = JSON.stringify({ type: 'chat', text: String(data).slice(0, 500) });
    for (const client of wss.clients) {
      if (client.readyState === client.OPEN) client.send(text); // want `client.send queues what a slow reader doesn't take` medium
    }
  });
});
