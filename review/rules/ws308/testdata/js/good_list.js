const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const feeds = ['https://a.example/feed', 'https://b.example/feed'];
    if (!feeds.includes(msg.url)) return;
    const res = await fetch(msg.url);
    const other = await fetch(`https://api.example.com/items/${Number(msg.id)}`);
    ws.send(await res.text() + await other.text());
  });
});
