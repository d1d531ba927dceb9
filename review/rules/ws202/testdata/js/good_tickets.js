import { io } from 'socket.io-client';
import { WebSocketServer } from 'ws';

// A ticket is spent when it is used.
export async function connect(accessToken) {
  const res = await fetch('/ws/ticket', { method: 'POST', headers: { Authorization: `Bearer ${accessToken}` } });
  const { ticket } = await res.json();
  return new WebSocket(`wss://api.example.com/ws?ticket=${ticket}&room=lobby`);
}

export const byProtocol = (ticket) => new WebSocket('wss://api.example.com/ws', ['trading.v1', `wst.${ticket}`]);

// auth goes in the first packet, not in the address.
export const chat = (token) => io('https://chat.example.com', { auth: { token } });

// Another request than the one of a WebSocket.
export const confirm = (token) => fetch(`/confirm?token=${token}`);

const wss = new WebSocketServer({ port: 8080 });
wss.on('connection', async (ws, req) => {
  const url = new URL(req.url, 'http://localhost');
  const room = url.searchParams.get('room');
  const session = await redeemTicket(url.searchParams.get('ticket'));
  if (!session) return ws.close(4001, 'unauthorized');
  serve(ws, room, session);
});

// A password reset is no socket.
app.get('/reset', (req, res) => res.send(resetPage(req.query.token)));

// A ticket in a parameter that is called otherwise.
async function connect(api) {
  const { ticket } = await api.socketTicket();
  return new WebSocket(`wss://vendor.example.com/ws?version=4&token=${encodeURIComponent(ticket)}`);
}
