const { randomUUID } = require('crypto');
const { WebSocketServer } = require('ws');

class PublicError extends Error {} // texts written for users

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    try {
      await handle(ws, JSON.parse(data));
    } catch (err) {
      if (err instanceof PublicError) return ws.send(JSON.stringify({ error: err.message }));
      const incident = randomUUID();
      log.error({ err, incident }, 'message failed');
      ws.send(JSON.stringify({ error: 'internal error', incident }));
    }
  });
});
