const { createClient } = require('redis');
const { WebSocketServer } = require('ws');

const redis = createClient();
const wss = new WebSocketServer({ port: 8080 });

async function mintTicket(userId) {
  const ticket = Math.random().toString(36).slice(2); // want `Math.random, whose next values`
  await redis.set(`ticket:${ticket}`, userId, { EX: 3600 }); // want `lives for 3600 seconds`
  return ticket;
}

async function redeemTicket(ticket) {
  const userId = await redis.get(`ticket:${ticket}`); // want `deletes it in a second step`
  await redis.del(`ticket:${ticket}`);
  return userId;
}

app.post('/ws/ticket', async (req, res) => res.json({ ticket: await mintTicket(req.user.id) }));

wss.on('connection', async (ws, req) => {
  const user = await redeemTicket(new URL(req.url, 'http://localhost').searchParams.get('ticket'));
  if (!user) return ws.close(4001, 'unauthorized');
  serve(ws, user);
});
