const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data); // want `nothing checks types or shape`
    if (msg.action === 'place_order') {
      executeOrder({ user: ws.userId, symbol: msg.symbol, quantity: msg.quantity });
    }
  });
});
