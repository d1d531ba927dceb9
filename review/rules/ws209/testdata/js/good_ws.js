const { WebSocketServer } = require('ws');

const MAX_AGE_MS = 8 * 60 * 60 * 1000;
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws, req) => {
  const session = sessionFromCookie(req.headers.cookie);
  if (!session) return ws.close(4001, 'unauthorized');
  const timer = setTimeout(() => ws.close(4008, 'max-age'), MAX_AGE_MS);
  ws.on('close', () => clearTimeout(timer));
  ws.on('message', (data) => handle(session, data));
});

// Nobody is known here.
const prices = new WebSocketServer({ port: 8081 });
prices.on('connection', (ws) => ws.send(price()));
