const { WebSocketServer } = require('ws');

const ALLOWED = new Set(['https://app.example.com']);

const wss = new WebSocketServer({
  server,
  verifyClient: ({ req }) => {
    const origin = req.headers.origin;
    if (origin && origin !== 'null') {
      return ALLOWED.has(origin); // want `passes with the Origin "null"` high
    }
    return true; // "not a browser"
  },
});

wss.on('connection', (ws, req) => {
  ws.user = userFromCookie(req.headers.cookie);
});
