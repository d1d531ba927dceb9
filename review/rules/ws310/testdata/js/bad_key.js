const { WebSocketServer } = require('ws');
const channels = {};
const state = {};
const settings = {};
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    channels[msg.channel].add(ws); // want `whose method channels.msg.channel..add calls` medium
    state[msg.room][msg.key] = msg.value; // want `names the object whose property` high
    settings[msg.key] = msg.value; // want `names the property that settings` medium
  });
});
