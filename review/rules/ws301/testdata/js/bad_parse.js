const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws, req) => {
  const room = new URL(req.url, 'http://localhost').searchParams.get('room'); // want `URL throws on input that it doesn't accept, such as a request target` medium
  ws.on('message', (data) => {
    const msg = JSON.parse(data); // want `JSON.parse throws .* ends the process` medium
    store.append(room, msg.items.map((item) => item.id));
  });
});
