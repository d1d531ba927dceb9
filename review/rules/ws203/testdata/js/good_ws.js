const { WebSocketServer } = require('ws');
const { Server } = require('socket.io');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'auth') {
      ws.user = await verifyToken(msg.token);
      return;
    }
    if (!ws.user) {
      ws.close(4001, 'unauthorized');
      return;
    }
    if (msg.type === 'place_order') await executeOrder({ user: ws.user.id, symbol: msg.symbol });
  });
});

// The listener is there before anything is waited for.
const queued = new WebSocketServer({ port: 8081 });
queued.on('connection', async (ws, req) => {
  const early = [];
  ws.on('message', (data) => early.push(data));
  const user = await redeemTicket(ticketOf(req));
  if (!user) return ws.close(4001, 'unauthorized');
  serve(ws, user, early);
});

// socket.io holds packets back until its middleware is done.
const io = new Server(8082);
io.use(async (socket, next) => {
  socket.user = await verifyToken(socket.handshake.auth.token);
  next(socket.user ? undefined : new Error('unauthorized'));
});
io.on('connection', (socket) => socket.on('order', (order) => executeOrder({ ...order, user: socket.user.id })));

// Nobody waits for the call: the listener is attached in the same turn.
const counted = new WebSocketServer({ port: 8083 });
async function countVisit(ws) {
  await db.visits.insertOne({ at: Date.now() });
}
counted.on('connection', (ws) => {
  countVisit(ws);
  ws.on('message', (data) => ws.send(price(data)));
});

// The await is on a way that leaves.
const closing = new WebSocketServer({ port: 8084 });
closing.on('connection', async (ws) => {
  if (stopping) {
    await farewell(ws);
    return;
  }
  ws.on('message', (data) => ws.send(price(data)));
});
