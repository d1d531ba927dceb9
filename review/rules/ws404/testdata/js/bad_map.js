const { WebSocketServer } = require('ws');
const channels = new Map();

function open(name) { channels.set(name, new Set()); }
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    if (!channels.has(msg.channel)) return;
    channels.get(msg.channel).add(ws); // want `any client can listen`
  });
});
