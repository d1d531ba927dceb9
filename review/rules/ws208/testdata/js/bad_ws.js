const jwt = require('jsonwebtoken');
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

function authenticate(token) {
  const claims = jwt.decode(token); // want `jwt.decode reads the token` critical
  return claims && { id: claims.sub, roles: claims.roles };
}

wss.on('connection', (ws, req) => {
  const user = authenticate(bearer(req));
  if (!user) return ws.close(4001, 'unauthorized');
  ws.on('message', (data) => handle(user, data));
});
