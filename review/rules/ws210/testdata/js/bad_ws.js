const { createHmac } = require('crypto');
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({
  port: 8080,
  verifyClient: ({ req }, done) => {
    done(req.headers['x-agent-token'] === process.env.AGENT_TOKEN); // want `compares a secret` low
  },
});

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    const signature = createHmac('sha256', process.env.KEY).update(msg.body).digest('hex');
    if (msg.signature !== signature) return ws.close(); // want `compares a secret`
    run(msg.body);
  });
});
