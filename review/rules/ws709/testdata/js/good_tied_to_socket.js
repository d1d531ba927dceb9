const { WebSocketServer } = require('ws');

const open = new Map();
const wss = new WebSocketServer({ noServer: true });

server.on('upgrade', async (req, socket, head) => {
  const ip = req.socket.remoteAddress;
  const count = open.get(ip) ?? 0;
  if (count >= 10) return socket.destroy();
  open.set(ip, count + 1);
  socket.once('close', () => {
    const left = open.get(ip) - 1;
    if (left > 0) open.set(ip, left);
    else open.delete(ip);
  });
  const user = await redeemTicket(req);
  if (!user) return socket.destroy();
  return wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, user));
});

wss.on('connection', (ws, user) => {
  ws.on('message', (data) => handle(user, data));
});
