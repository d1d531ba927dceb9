const { randomUUID } = require('crypto');
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    try {
      await handle(ws, JSON.parse(data));
    } catch (err) {
      const incident = randomUUID();
      log.error({ err, message: err.message, incident }, 'message failed');
      ws.send(JSON.stringify({ error: 'internal error', incident }));
    }
  });
});
