const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws, req) => { // want `Nothing but the client ends the connection` low medium-confidence
  const session = sessionFromCookie(req.headers.cookie);
  if (!session) return ws.close(4001, 'unauthorized');
  const timer = setInterval(async () => {
    try {
      if (!(await isSessionValid(session.id))) ws.close(4001, 'session ended');
    } catch {
      ws.close(1011, 'session unknown');
    }
  }, 60_000);
  ws.on('close', () => clearInterval(timer));
  ws.on('message', (data) => handle(session, data));
});

const second = new WebSocketServer({ port: 8081 });

// Nobody looks again either, which weighs more (WS205).
second.on('connection', (ws, req) => { // want `Nothing but the client` low low-confidence
  const session = sessionFromCookie(req.headers.cookie);
  if (!session) return ws.close(4001, 'unauthorized');
  ws.on('message', (data) => handle(session, data));
});
