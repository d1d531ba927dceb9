const { randomBytes, createHash } = require('crypto');
const { createClient } = require('redis');
const { WebSocketServer } = require('ws');

const redis = createClient();
const wss = new WebSocketServer({ port: 8080 });

const key = (ticket) => `ticket:${createHash('sha256').update(ticket).digest('hex')}`;

async function mintTicket(session) {
  const ticket = randomBytes(32).toString('base64url');
  await redis.set(key(ticket), JSON.stringify(session), { EX: 30 });
  return ticket;
}

async function redeemTicket(ticket) {
  const value = await redis.getDel(key(ticket));
  return value === null ? null : JSON.parse(value);
}

wss.on('connection', async (ws, req) => {
  const session = await redeemTicket(new URL(req.url, 'http://localhost').searchParams.get('ticket'));
  if (!session) return ws.close(4001, 'unauthorized');
  serve(ws, session);
});

// In the memory of one process nothing comes between two calls.
const held = new Map();
function redeemHeldTicket(ticket) {
  const session = held.get(ticket);
  held.delete(ticket);
  return session;
}
