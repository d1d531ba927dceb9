const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', async (ws, req) => {
  const session = await redeemTicket(ticketOf(req));
  if (!session) return ws.close(4001, 'unauthorized');
  ws.userId = session.userId;
});

setInterval(() => {
  wss.clients.forEach(async (ws) => {
    const isValid = await checkUserSession(ws.userId); // want `Nobody waits for the function that calls checkUserSession` medium
    if (!isValid) ws.close(4001, 'session expired');
  });
}, 60000);

const second = new WebSocketServer({ port: 8081 });

second.on('connection', (ws, req) => {
  const session = sessionFromCookie(req.headers.cookie);
  if (!session) return ws.close(4001, 'unauthorized');
  setInterval(async () => {
    if (!(await isStillValid(session.id))) ws.close(4001, 'session ended');
  }, 60000);
  ws.on('message', (data) => handle(session, data));
});

async function isStillValid(id) {
  try {
    return await isSessionValid(id);
  } catch (err) { // want `When isSessionValid fails, the session counts as valid`
    return true;
  }
}
