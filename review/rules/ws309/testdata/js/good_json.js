const { WebSocketServer } = require('ws');
const yaml = require('js-yaml');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const state = JSON.parse(msg.state);
    const conf = yaml.load(msg.conf);
    ws.send(state.name + conf.name);
  });
});
