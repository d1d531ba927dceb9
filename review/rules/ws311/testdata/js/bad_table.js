const { WebSocketServer } = require('ws');
const handlers = {
  chat(ws, msg) { ws.send(msg.text); },
};
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    if (typeof handlers[msg.type] === 'function') {
      handlers[msg.type](ws, msg); // want `chooses which function handlers.msg.type. calls`
    }
  });
});
