const { WebSocketServer } = require('ws');

const users = {};
const wss = new WebSocketServer({ port: 8080 });
wss.on('connection', (ws, req) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    // Looked up, and the answer ignored.
    const row = await R.findOne('monitor', ' id = ? ', [msg.monitor]);
    log(row);
    users[msg.monitor].active = 0; // want `__proto__` high
  });
});
