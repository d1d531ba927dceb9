const { WebSocketServer } = require('ws');

// Tickets of a help desk let nobody in.
async function openTicket(title) {
  const ticketId = Math.random().toString(36).slice(2);
  await redis.set(`ticket:${ticketId}`, title);
  return ticketId;
}

const wss = new WebSocketServer({ port: 8080 });
wss.on('connection', (ws, req) => {
  const user = sessionFromCookie(req.headers.cookie);
  if (!user) return ws.close(4001, 'unauthorized');
  ws.on('message', async (data) => ws.send(await redis.get(`ticket:${JSON.parse(data).id}`)));
});
