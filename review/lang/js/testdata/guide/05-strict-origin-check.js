const ALLOWED_ORIGINS = new Set([
 'https://app.example.com',
 'https://admin.example.com',
]);

wss.on('connection', (ws, req) => {
 const origin = req.headers.origin;

 // ✅ Exact match against allowlist
 if (!origin || !ALLOWED_ORIGINS.has(origin)) {
 ws.close(4003, 'Forbidden origin');
 return;
 }

 // ✅ Also validate authentication
 const token = extractBearerToken(req);
 const user = verifyToken(token);
 if (!user) {
 ws.close(4001, 'Unauthorized');
 return;
 }

 ws.userId = user.id;
 ws.role = user.role;
});
