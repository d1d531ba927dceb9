const { WebSocketServer } = require('ws');
const handlers = new Map([['chat', (ws, msg) => ws.send(msg.text)]]);
const table = { chat(ws, msg) { ws.send(msg.text); } };
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const handler = handlers.get(msg.type);
    if (handler) handler(ws, msg);
    if (Object.hasOwn(table, msg.type)) table[msg.type](ws, msg);
    switch (msg.type) {
      case 'chat': table.chat(ws, msg);
    }
  });
});
