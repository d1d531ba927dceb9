const { WebSocketServer } = require('ws');
const serialize = require('node-serialize');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const state = serialize.unserialize(msg.state); // want `reaches serialize.unserialize` critical
    ws.send(state.name);
  });
});
