const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    try {
      await handle(ws, JSON.parse(data));
    } catch (err) {
      ws.send(JSON.stringify({ error: 'failed', stack: err.stack })); // want `sends a stack trace to the client` medium
    }
  });
});
