const { WebSocketServer } = require('ws');
const channels = new Map();
const bare = Object.create(null);
const rooms = {};
const slots = {};
const list = [];
const prices = {};
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    if (!channels.has(msg.channel)) channels.set(msg.channel, new Set());
    channels.get(msg.channel).add(ws);
    bare[msg.key] = msg.value;
    if (Object.hasOwn(rooms, msg.room)) rooms[msg.room].name = msg.name;
    if (['a', 'b'].includes(msg.slot)) slots[msg.slot] = msg.value;
    list[Number(msg.index)].seen = true;
    ws.settings = { ...ws.settings, theme: msg.theme };
    const price = prices[msg.symbol];
    ws.send(String(price));
  });
});
