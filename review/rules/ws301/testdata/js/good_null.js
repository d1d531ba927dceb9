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
    if (typeof order !== 'object' || order === null) return ws.close(1007);
    if (order.kind === 'buy') ws.send('bought');
  });
  ws.on('pong', () => {});
});

const again = new WebSocketServer({ port: 3001 });
again.on('connection', (ws) => {
  ws.on('message', (data) => {
    try {
      const order = JSON.parse(data);
      if (order.kind === 'buy') ws.send('bought');
    } catch {
      ws.close(1007);
    }
  });
});
