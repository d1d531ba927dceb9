const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('ping', () => { // want `Each ping or pong frame of a client makes the server call db.sessions.update` medium
    db.sessions.update({ lastSeen: Date.now() }, { where: { id: ws.sessionId } });
  });
  ws.on('message', (data) => {
    if (!limiter.take(ws)) return ws.terminate();
    return handle(ws, data);
  });
});
