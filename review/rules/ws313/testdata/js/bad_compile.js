const { WebSocketServer } = require('ws');
const Handlebars = require('handlebars');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const page = Handlebars.compile(msg.template); // want `"template" of the message .* reaches Handlebars.compile` critical
    ws.send(page({}));
  });
});
