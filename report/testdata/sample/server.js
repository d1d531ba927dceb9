import { WebSocketServer } from 'ws';
import { db } from './db.js';

const wss = new WebSocketServer({ port: 8080, path: '/ws' });

wss.on('connection', (ws, req) => {
  const token = new URL(req.url, 'http://localhost').searchParams.get('token');
  ws.user = decode(token);

  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    switch (msg.action) {
      case 'place_order':
        await db.run(`INSERT INTO orders VALUES ('${msg.userId}', '${msg.symbol}')`);
        break;
      case 'delete_user':
        await db.run('DELETE FROM users WHERE id = ?', [msg.id]);
        break;
      case 'chat':
	wss.clients.forEach((c) => c.send(JSON.stringify({ user: '名前 🙂', text: msg.text })));
        break;
    }
  });
});
