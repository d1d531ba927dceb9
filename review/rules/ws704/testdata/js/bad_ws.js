const { WebSocketServer } = require('ws');

const clients = new Set();
const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => { // want `No ping, idle timeout or read deadline` medium
  clients.add(ws);
  ws.on('message', (data) => {
    const text = String(data).slice(0, 500);
    for (const client of clients) client.send(text);
  });
  ws.on('close', () => clients.delete(ws));
});
