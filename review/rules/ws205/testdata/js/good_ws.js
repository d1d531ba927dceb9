const { WebSocketServer } = require('ws');

// By an interval over all.
const wss = new WebSocketServer({ port: 8080 });
wss.on('connection', async (ws, req) => {
  const session = await sessionFromCookie(req.headers.cookie);
  if (!session) return ws.close(4001, 'unauthorized');
  ws.sessionId = session.id;
});
wss.on('connection', (ws) => ws.on('message', (data) => handle(ws.sessionId, data)));

async function recheck(ws) {
  try {
    if (!(await isSessionValid(ws.sessionId))) ws.close(4001, 'session ended');
  } catch (err) {
    ws.close(1011, 'session unknown');
  }
}
setInterval(() => wss.clients.forEach((ws) => recheck(ws)), 60_000);

// By a timer of each connection, at the token's expiry.
const second = new WebSocketServer({ port: 8081 });
second.on('connection', (ws, req) => {
  const claims = verifyToken(bearer(req));
  if (!claims) return ws.close(4001, 'unauthorized');
  const timer = setInterval(() => {
    if (Date.now() >= claims.exp * 1000) ws.close(4001, 'token expired');
  }, 10_000);
  ws.on('close', () => clearInterval(timer));
  ws.on('message', (data) => handle(claims, data));
});

// Nobody is known here, and nothing can end: that is another weakness.
const open = new WebSocketServer({ port: 8082 });
open.on('connection', (ws) => ws.on('message', (data) => handle(null, data)));
