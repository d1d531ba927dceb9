const WebSocket = require('ws');
const { z } = require('zod');

// --- Connection-level security ---
const ALLOWED_ORIGINS = new Set([
 'https://app.example.com',
 'https://admin.example.com',
]);

const MAX_CONNECTIONS_PER_IP = 10;
const MAX_MESSAGE_SIZE = 64 * 1024; // 64 KB
const MAX_MESSAGES_PER_MINUTE = 60;
const ipConnections = new Map();

const wss = new WebSocket.Server({
 server,
 maxPayload: MAX_MESSAGE_SIZE, // ✅ Limit frame size
 verifyClient: ({ req }, callback) => {
 // ✅ 1. Strict origin validation
 const origin = req.headers.origin;
 if (!origin || !ALLOWED_ORIGINS.has(origin)) {
 callback(false, 403, 'Forbidden origin');
 return;
 }

 // ✅ 2. Per-IP connection limiting
 const ip = req.socket.remoteAddress;
 const count = ipConnections.get(ip) || 0;
 if (count >= MAX_CONNECTIONS_PER_IP) {
 callback(false, 429, 'Too many connections');
 return;
 }
 ipConnections.set(ip, count + 1);

 callback(true);
 },
});

// ✅ Message schema validation
const MessageSchema = z.discriminatedUnion('action', [
 z.object({
 action: z.literal('chat'),
 text: z.string().max(2000).trim(),
 channelId: z.string().uuid(),
 }),
 z.object({
 action: z.literal('subscribe'),
 channelId: z.string().uuid(),
 }),
 z.object({
 action: z.literal('typing'),
 channelId: z.string().uuid(),
 }),
]);

wss.on('connection', async (ws, req) => {
 // ✅ 3. Ticket-based authentication
 const ticket = new URL(req.url, 'http://localhost')
 .searchParams.get('ticket');
 const user = await redeemTicket(ticket);
 if (!user) {
 ws.close(4001, 'Unauthorized');
 return;
 }

 ws.userId = user.id;
 ws.role = user.role;
 ws.messageCount = 0;
 ws.lastReset = Date.now();

 // ✅ 4. Connection timeout
 ws.connectionTimeout = setTimeout(() => {
 ws.close(4008, 'Connection timeout');
 }, 24 * 60 * 60 * 1000); // 24 hours max

 ws.on('message', async (raw) => {
 // ✅ 5. Rate limiting per connection
 if (Date.now() - ws.lastReset > 60000) {
 ws.messageCount = 0;
 ws.lastReset = Date.now();
 }
 if (++ws.messageCount > MAX_MESSAGES_PER_MINUTE) {
 ws.send(JSON.stringify({ error: 'Rate limited' }));
 return;
 }

 // ✅ 6. Parse and validate message schema
 let msg;
 try {
 msg = MessageSchema.parse(JSON.parse(raw));
 } catch (err) {
 ws.send(JSON.stringify({ error: 'Invalid message' }));
 return;
 }

 // ✅ 7. Per-message authorization
 await handleMessage(ws, msg);
 });

 ws.on('close', () => {
 clearTimeout(ws.connectionTimeout);
 const ip = req.socket.remoteAddress;
 ipConnections.set(ip, (ipConnections.get(ip) || 1) - 1);
 });
});
