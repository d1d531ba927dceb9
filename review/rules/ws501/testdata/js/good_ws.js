const { WebSocketServer } = require('ws');
const escapeHtml = require('escape-html');
const { z } = require('zod');

const wss = new WebSocketServer({ port: 8080 });
const Move = z.object({ piece: z.enum(['king', 'queen']), square: z.number().int(), game: z.string().uuid() });

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
    if (msg.type === 'chat') {
      const text = escapeHtml(msg.text);
      wss.clients.forEach((client) => client.send(JSON.stringify({ type: 'chat', text })));
    }
    if (msg.type === 'move') {
      const move = Move.parse(msg);
      wss.clients.forEach((client) => client.send(JSON.stringify({ type: 'move', piece: move.piece, square: move.square, game: move.game })));
    }
    if (msg.type === 'echo') ws.send(JSON.stringify({ type: 'echo', text: msg.text }));
  });
});

setInterval(() => wss.clients.forEach((client) => client.send(JSON.stringify({ type: 'time', now: Date.now() }))), 1000);
