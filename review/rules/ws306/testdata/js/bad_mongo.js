const { WebSocketServer } = require('ws');
const { MongoClient } = require('mongodb');
const db = new MongoClient(process.env.MONGO).db('app');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const user = await db.collection('users').findOne({ name: msg.name, password: msg.password }); // want `is an operator` high
    ws.send(user ? 'ok' : 'no');
  });
});
