const { WebSocketServer } = require('ws');
const db = require('./db');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    try {
      await db.run(JSON.parse(data));
    } catch (err) {
      ws.send(JSON.stringify({ type: 'error', message: err.message })); // want `text of an exception` low
    }
  });
  ws.on('pong', () => {
    try {
      db.touch(ws);
    } catch (e) {
      ws.send(JSON.stringify({ error: e.stack })); // want `stack trace` medium
    }
  });
  db.open().catch((err) => ws.close(1011, err.message)); // want `text of an exception`
});
