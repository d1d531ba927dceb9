const { WebSocketServer } = require('ws');
const Handlebars = require('handlebars');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const page = Handlebars.compile('<b>{{text}}</b>');
    ws.send(page({ text: msg.text }));
  });
});
