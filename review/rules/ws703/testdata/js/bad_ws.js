// The leftmost address is whatever the client wrote, and nothing counts it.
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080, maxPayload: 16 * 1024 }); // want `Nothing counts the connections of a client` medium

wss.on('connection', (ws, req) => {
  ws.ip = req.headers['x-forwarded-for']?.split(',')[0] ?? req.socket.remoteAddress;
  ws.topics = new Set();
  ws.on('message', (data) => {
    const { topic } = JSON.parse(data);
    ws.topics.add(String(topic));
    ws.send(JSON.stringify({ subscribed: ws.topics.size }));
  });
});
