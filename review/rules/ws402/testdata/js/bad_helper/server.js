const { WebSocketServer } = require('ws');
const { Market } = require('./market');
const market = new Market();
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    ws.send(JSON.stringify(market.profile(msg.userId))); // want `chooses what` high
  });
});
