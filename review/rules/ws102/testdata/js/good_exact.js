const { WebSocketServer } = require('ws');

const ALLOWED = new Set(['https://app.example.com', 'https://admin.example.com']);

const bySet = new WebSocketServer({ server, verifyClient: ({ req }) => ALLOWED.has(req.headers.origin) });

const byPattern = new WebSocketServer({
  server,
  verifyClient: (info, done) => {
    if (!/^https:\/\/(app|admin)\.example\.com$/.test(info.origin)) {
      done(false, 403, 'Forbidden');
      return;
    }
    done(true);
  },
});

// A prefix that is followed by an exact comparison.
const byParts = new WebSocketServer({
  server,
  verifyClient: ({ req }) => {
    const origin = req.headers.origin || '';
    if (!origin.startsWith('https://')) return false;
    return new URL(origin).host === 'app.example.com';
  },
});

const byConfiguration = new WebSocketServer({
  server,
  verifyClient: ({ origin }) => process.env.ALLOWED_ORIGINS.split(',').some((o) => o.trim() === origin),
});
