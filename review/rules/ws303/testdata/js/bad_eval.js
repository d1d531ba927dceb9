const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const result = eval(msg.expression); // want `reaches eval` critical
    ws.send(String(result));
  });
});
