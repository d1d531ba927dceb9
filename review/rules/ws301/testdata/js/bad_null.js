const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 3000 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    let order;
    try {
      order = JSON.parse(data);
    } catch {
      return ws.close(1007);
    }
    if (order.kind === 'buy') ws.send('bought'); // want `order is null where the message is the JSON text null`
  });
});
