const { WebSocketServer } = require('ws');
const { Pool } = require('pg');
const pool = new Pool();
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    const rows = await pool.query('SELECT * FROM items WHERE name = $1', [msg.name]);
    const page = await pool.query('SELECT * FROM items LIMIT ' + Number(msg.limit));
    ws.send(JSON.stringify([rows, page]));
  });
});
