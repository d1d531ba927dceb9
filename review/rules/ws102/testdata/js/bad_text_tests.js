const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ server });

wss.on('connection', (ws, req) => {
  const origin = req.headers.origin;
  if (!origin.includes('app.example.com')) { // want `This search for a text in Origin lets in https://\S+ beside https://app.example.com, which anybody can have` high
    ws.close();
    return;
  }
  if (!/app\.example\.com/.test(origin)) { // want `This pattern for Origin lets in` high
    ws.close();
    return;
  }
  ws.on('message', (data) => handle(ws, data));
});
