const { WebSocketServer } = require('ws');
const { MongoClient } = require('mongodb');
const { z } = require('zod');
const db = new MongoClient(process.env.MONGO).db('app');
const users = db.collection('users');
const notes = db.collection('notes');
const Changes = z.object({ name: z.string() }).strict();
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    await users.updateOne({ _id: ws.userId }, { $set: { name: msg.name, locale: msg.locale } });
    const changes = Changes.parse(msg.changes);
    await users.updateOne({ _id: ws.userId }, { $set: { name: changes.name } });
    await notes.insertOne({ text: msg.text, owner: ws.userId });
  });
});
