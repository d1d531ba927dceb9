const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    let msg;
    try {
      msg = JSON.parse(data);
    } catch {
      return;
    }
    const line = JSON.stringify({ ...msg, at: Date.now() });
    for (const client of wss.clients) {
      if (client.readyState === client.OPEN) client.send(line); // want `relayed to other` high
    }
  });
});
