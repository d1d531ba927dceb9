const { WebSocketServer } = require('ws');
const { MongoClient } = require('mongodb');
const { z } = require('zod');
const users = new MongoClient(process.env.MONGO).db('app').collection('users');
const Query = z.object({ name: z.string(), limit: z.number() });
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const q = Query.parse(msg);
    const a = await users.findOne({ name: String(msg.name) });
    const b = await users.findOne({ name: q.name });
    if (typeof msg.email !== 'string') return;
    const c = await users.findOne({ email: msg.email });
    const d = await users.findOne({ name: { $eq: msg.name } });
    ws.send(JSON.stringify([a, b, c, d].length));
  });
});
