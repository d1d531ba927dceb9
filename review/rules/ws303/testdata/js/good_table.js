const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const ops = new Map([['add', (a, b) => a + b]]);
    const op = ops.get(msg.op);
    if (!op) return;
    ws.send(String(op(Number(msg.a), Number(msg.b))));
    ws.send(String(eval('1 + ' + Number(msg.n))));
  });
});
