const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  let control = 0;
  const window = setInterval(() => { control = 0; }, 60_000);
  const count = () => {
    control += 1;
    if (control > 60) ws.terminate();
  };
  ws.on('ping', count);
  ws.on('pong', count);
  ws.on('close', () => clearInterval(window));
  ws.on('message', (data) => handle(ws, data));
});
