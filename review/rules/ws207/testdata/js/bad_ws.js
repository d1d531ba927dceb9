const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', async (ws, req) => {
  const user = await sessionFromCookie(req.headers.cookie);
  if (!user) return ws.close(4001, 'unauthorized');
  ws.role = user.role;
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    switch (msg.action) {
      case 'set_role':
        if (ws.role !== 'admin') return;
        await setRole(msg.target, msg.role); // want `setRole is decided by` medium
        break;
    }
  });
});
