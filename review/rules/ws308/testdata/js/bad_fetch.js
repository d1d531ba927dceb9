const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const res = await fetch(msg.url); // want `"url" of the message .* reaches fetch` high
    ws.send(await res.text());
  });
});
