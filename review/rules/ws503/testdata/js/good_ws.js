const { WebSocketServer } = require('ws');
const crypto = require('node:crypto');
const db = require('./db');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    try {
      await db.run(JSON.parse(data));
    } catch (err) {
      const id = crypto.randomUUID();
      console.error(id, err);
      ws.send(JSON.stringify({ type: 'error', id, message: 'the command failed' }));
    }
  });
});
