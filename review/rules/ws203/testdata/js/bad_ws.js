const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', async (ws, req) => {
  const user = await redeemTicket(ticketOf(req));
  if (!user) {
    ws.close(4001, 'unauthorized');
    return;
  }
  ws.on('message', (data) => handle(user, data)); // want `attached after an await` medium
});

const second = new WebSocketServer({ port: 8081 });

second.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    switch (msg.type) {
      case 'auth':
        ws.user = await verifyToken(msg.token);
        break;
      case 'place_order':
        await executeOrder({ symbol: msg.symbol, quantity: msg.quantity }); // want `"place_order" is processed whether or not "auth"` high
        break;
    }
  });
});
