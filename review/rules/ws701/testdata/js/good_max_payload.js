const { WebSocketServer } = require('ws');

const MAX_MESSAGE = 64 * 1024;

const wss = new WebSocketServer({ port: 8080, maxPayload: MAX_MESSAGE });

wss.on('connection', (ws) => {
  ws.on('error', () => {});
  ws.on('message', (data) => {
    handle(ws, data);
  });
});
