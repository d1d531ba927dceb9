const { createHash, timingSafeEqual } = require('crypto');
const { WebSocketServer } = require('ws');

const digest = (value) => createHash('sha256').update(value).digest();
const expected = digest(process.env.AGENT_TOKEN);

const wss = new WebSocketServer({
  port: 8080,
  verifyClient: ({ req }, done) => {
    done(timingSafeEqual(digest(req.headers['x-agent-token'] ?? ''), expected));
  },
});

wss.on('connection', (ws, req) => {
  if (req.headers.origin !== 'https://app.example.com') return ws.close();
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    // Neither is a secret: whether there is one, and what a message is about.
    if (msg.token === undefined || msg.type === 'token') return;
    if (typeof msg.password === 'string') run(msg);
  });
});
