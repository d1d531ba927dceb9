// Step 1: Client requests a short-lived WebSocket ticket via REST API
const response = await fetch('/api/ws-ticket', {
 method: 'POST',
 headers: {
 'Authorization': 'Bearer ' + accessToken,
 'Content-Type': 'application/json',
 },
});
const { ticket } = await response.json();

// Step 2: Connect with the single-use ticket
const ws = new WebSocket('wss://api.example.com/ws?ticket=' + ticket);

// --- Server-side ---
wss.on('connection', async (ws, req) => {
 const ticket = new URL(req.url, 'http://localhost').searchParams.get('ticket');

 // ✅ Ticket is single-use, short-lived (30 seconds), and tied to IP
 const session = await redeemTicket(ticket, req.socket.remoteAddress);
 if (!session) {
 ws.close(4001, 'Invalid or expired ticket');
 return;
 }

 ws.userId = session.userId;
 ws.role = session.role;
 ws.connectedAt = Date.now();
});

// ✅ Periodic re-authentication check
setInterval(() => {
 wss.clients.forEach(async (ws) => {
 const isValid = await checkUserSession(ws.userId);
 if (!isValid) {
 ws.close(4001, 'Session expired');
 }
 });
}, 60000); // Check every minute
