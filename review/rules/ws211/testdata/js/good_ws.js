const { WebSocketServer } = require('ws');

const GRACE_MS = 120_000;
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws, req) => {
  const session = sessionFromCookie(req.headers.cookie);
  if (!session) return ws.close(4001, 'unauthorized');
  ws.sessionId = session.id;
  ws.on('message', (data) => handle(session, data));
});

async function recheck(ws) {
  let valid = false;
  try {
    valid = await checkSession(ws.sessionId, { timeoutMs: 5000 });
    ws.checkedAt = Date.now();
  } catch (err) {
    metrics.recheckFailures.inc();
    valid = Date.now() - ws.checkedAt < GRACE_MS;
  }
  if (!valid) ws.close(4001, 'session ended');
}

async function recheckAll() {
  await Promise.all([...wss.clients].map(recheck));
  setTimeout(recheckAll, 60_000);
}
setTimeout(recheckAll, 60_000);

const second = new WebSocketServer({ port: 8081 });
second.on('connection', (ws, req) => {
  const session = sessionFromCookie(req.headers.cookie);
  if (!session) return ws.close(4001, 'unauthorized');
  setInterval(() => {
    isSessionValid(session.id)
      .catch(() => false)
      .then((valid) => valid || ws.close(4001, 'session ended'));
  }, 60_000);
});
