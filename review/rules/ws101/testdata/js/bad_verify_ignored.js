// verifyClient looks at the origin and lets everybody in.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({
  server,
  verifyClient: ({ req }) => {
    if (req.headers.origin !== 'https://app.example.com') { // want `every origin is let in all the same` critical
      console.warn('unexpected origin', req.headers.origin);
    }
    return true;
  },
});

wss.on('connection', (ws, req) => {
  ws.session = sessions.load(req.headers.cookie);
  ws.on('message', (data) => handle(ws.session, data));
});
