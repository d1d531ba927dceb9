const { WebSocketServer } = require('ws');
const { Pool } = require('pg');
const pool = new Pool();
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const rows = await pool.query(`SELECT * FROM items WHERE name = '${msg.name}'`); // want `"name" of the message .* reaches pool.query` critical
    ws.send(JSON.stringify(rows));
  });
});
