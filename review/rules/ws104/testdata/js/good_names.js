const { WebSocketServer } = require('ws');

const HOSTS = new Set(['localhost:8080', '127.0.0.1:8080', '[::1]:8080']);
const ORIGINS = new Set([...HOSTS].map((host) => `http://${host}`));

const named = new WebSocketServer({
  host: '127.0.0.1',
  port: 8080,
  verifyClient: ({ req }) => HOSTS.has(req.headers.host) && ORIGINS.has(req.headers.origin),
});

named.on('connection', (ws) => ws.on('message', (data) => run(data)));
