const { WebSocketServer } = require('ws');

const open = new Map();
const wss = new WebSocketServer({
  server,
  verifyClient: ({ req }, callback) => {
    const ip = req.socket.remoteAddress;
    const count = open.get(ip) || 0;
    if (count >= 10) return callback(false, 429);
    open.set(ip, count + 1); // want `open counts the client here, and gives the place back` medium
    return callback(true);
  },
});

wss.on('connection', async (ws, req) => {
  const user = await redeemTicket(new URL(req.url, 'http://localhost').searchParams.get('ticket'));
  if (!user) return ws.close(4001);
  ws.on('close', () => {
    const ip = req.socket.remoteAddress;
    open.set(ip, (open.get(ip) || 1) - 1);
  });
  ws.on('message', (data) => handle(user, data));
});
