const { WebSocketServer } = require('ws');
const { MongoClient } = require('mongodb');
const db = new MongoClient(process.env.MONGO).db('app');
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    await db.collection('users').updateOne({ _id: ws.userId }, { $set: msg.changes }); // want `is stored by` high
    await db.collection('notes').insertOne({ ...msg, owner: ws.userId }); // want `is stored by`
  });
});
