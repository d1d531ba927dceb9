const jwt = require('jsonwebtoken');
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

function authenticate(token) {
  // The header first, to find the key.
  const { header } = jwt.decode(token, { complete: true });
  return jwt.verify(token, keyOf(header.kid), { algorithms: ['RS256'], issuer: 'https://id.example.com' });
}

wss.on('connection', (ws, req) => {
  const user = authenticate(bearer(req));
  ws.on('message', (data) => handle(user, data));
});

// Of an HTTP handler, which another tool judges.
app.get('/me', (req, res) => res.json(jwt.decode(req.cookies.token)));
