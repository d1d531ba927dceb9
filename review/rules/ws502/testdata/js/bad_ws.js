const { WebSocketServer } = require('ws');
const jwt = require('jsonwebtoken');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'auth') {
      ws.user = jwt.verify(msg.token, process.env.KEY, { algorithms: ['HS256'] });
      return;
    }
    const order = await db.orders.findById(String(msg.order));
    const text = JSON.stringify({ type: 'order', id: order.id, total: order.total });
    wss.clients.forEach((client) => client.send(text)); // want `goes to every open connection` medium
  });
});
