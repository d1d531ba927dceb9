// Programs with a bearer token: no cookie opens this route.
const { WebSocketServer } = require('ws');
const jwt = require('jsonwebtoken');

const ALLOWED = new Set(['https://app.example.com']);

const wss = new WebSocketServer({
  server,
  verifyClient: ({ req }) => {
    if (req.headers.origin && !ALLOWED.has(req.headers.origin)) return false;
    return Boolean(jwt.verify(req.headers.authorization, process.env.KEY));
  },
});
