const { WebSocketServer } = require('ws');

// Who provides what: the connection is kept under a name to be asked, and is
// told nothing that others say.
const providers = {};
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws, req) => {
  const user = authenticate(req);
  if (!user) return ws.close(4001);
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'provide' && user.mayWrite) {
      providers[msg.path] = providers[msg.path] || {};
      providers[msg.path][msg.source] = ws;
    }
  });
});
