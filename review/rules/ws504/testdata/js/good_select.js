import { Server } from 'socket.io';
import pg from 'pg';

const pool = new pg.Pool();
const io = new Server(httpServer);

io.on('connection', (socket) => {
  socket.on('profile', async (id) => {
    const { rows } = await pool.query('SELECT id, name, avatar FROM users WHERE id = $1', [Number(id)]);
    socket.emit('profile', rows[0] ? { id: rows[0].id, name: rows[0].name } : null);
  });
});
