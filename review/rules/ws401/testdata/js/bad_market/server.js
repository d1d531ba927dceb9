const { WebSocketServer } = require('ws');
const { Market } = require('./market');
const market = new Market();
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const order = market.execute({
      userId: msg.userId, // want `says who acts` critical
      symbol: msg.symbol,
      quantity: msg.quantity,
    }, 'order');
    if (order) ws.send('ok');
  });
});
