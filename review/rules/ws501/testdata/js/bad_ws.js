const { WebSocketServer, WebSocket } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'chat') {
      wss.clients.forEach((client) => {
        client.send(JSON.stringify({ type: 'chat', text: msg.text })); // want `"text" of the message of the client is relayed` high
      });
    }
    if (msg.type === 'raw') {
      for (const client of wss.clients) {
        if (client !== ws && client.readyState === WebSocket.OPEN) client.send(data); // want `whole message of a client is relayed` high
      }
    }
  });
});
