// A comparison of the length in the handler comes when all of it is in memory.
const http = require('http');
const { WebSocketServer } = require('ws');

const server = http.createServer(app);
const wss = new WebSocketServer({ server, path: '/feed' }); // want `up to 100MiB, the default of ws` medium

wss.on('connection', (ws) => {
  ws.on('error', () => {});
  ws.on('message', (data) => {
    if (data.length > 64 * 1024) {
      ws.close(1009, 'too big');
      return;
    }
    const msg = JSON.parse(data);
    if (msg.type === 'subscribe') subscribe(ws, String(msg.topic));
  });
});

server.listen(8080);
