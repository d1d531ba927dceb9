const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080, path: '/ws' });

wss.on('connection', (ws, req) => {
  const room = new URL(req.url, 'http://localhost').searchParams.get('room'); // the path is /ws
  const cookie = req.headers.cookie || '';
  const sid = cookie.split('=')[1];
  const agent = req.headers['user-agent']?.toLowerCase();
  ws.on('message', (data) => {
    let msg;
    try {
      msg = JSON.parse(data);
    } catch {
      return ws.send('{"error":"invalid message"}');
    }
    store.append(room, sid, agent, msg?.items);
  });
});

async function handle(ws, data) {
  const msg = JSON.parse(data);
  const user = await db.users.findById(msg.id);
  if (!user) return;
  ws.send(user.name);
}

const other = new WebSocketServer({ port: 8081 });
other.on('connection', (ws) => {
  ws.on('message', (data) => {
    handle(ws, data).catch(() => ws.close(1011));
  });
});
