const { WebSocketServer } = require('ws');

const ALLOWED = new Set(['https://app.example.com']);

const strict = new WebSocketServer({ server, verifyClient: ({ req }) => ALLOWED.has(req.headers.origin) });
strict.on('connection', (ws, req) => {
  ws.user = userFromCookie(req.headers.cookie);
});
