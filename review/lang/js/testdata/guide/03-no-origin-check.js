// Server-side (Node.js + ws library)
const wss = new WebSocket.Server({ server });

wss.on('connection', (ws, req) => {
 // ❌ No origin check at all — any website can connect
 // ❌ Cookies are automatically sent by browser
 const session = getSessionFromCookie(req.headers.cookie);
 if (session) {
 ws.userId = session.userId;
 ws.send('Connected as ' + session.username);
 }
});
