const { WebSocketServer } = require('ws');
const { z } = require('zod');
const wss = new WebSocketServer({ port: 8080 });
const Order = z.object({ action: z.literal('place_order'), symbol: z.string(), quantity: z.number() }).strict();

wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    const parsed = Order.safeParse(JSON.parse(data));
    if (!parsed.success) return ws.send('{"error":"invalid message"}');
    executeOrder({ user: ws.userId, symbol: parsed.data.symbol, quantity: parsed.data.quantity });
  });
});
