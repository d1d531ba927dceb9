// Previews of ours end in vercel.app, and so do everybody's.
const { WebSocketServer } = require('ws');

const ALLOWED = [/^https:\/\/app\.example\.com$/, /^https:\/\/[a-z0-9-]+\.vercel\.app$/];

const wss = new WebSocketServer({
  server,
  verifyClient: ({ origin }) => ALLOWED.some((pattern) => pattern.test(origin)), // want `This pattern for Origin lets in https://\S+\.vercel\.app .*which anybody can have` high
});
