const { WebSocketServer } = require('ws');

const changes = {};
const users = {};
const wss = new WebSocketServer({ port: 8080 });
wss.on('connection', (ws, req) => {
  ws.userId = verifyToken(req.headers.authorization).sub;
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    // What ends in a number of the program's own is no name that is inherited.
    for (let r = msg.revision + 1; r < changes.length; r++) {
      changes[r].author = ws.userId;
    }
    // A record of the client's own was found by it.
    const row = await R.findOne('monitor', ' id = ? AND user_id = ? ', [msg.monitor, ws.userId]);
    if (!row) return;
    users[msg.monitor].active = 0;
  });
});
