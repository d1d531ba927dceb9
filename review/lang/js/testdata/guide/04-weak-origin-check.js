wss.on('connection', (ws, req) => {
 const origin = req.headers.origin;

 // ❌ Substring check — bypassed by "app.example.com.attacker.com"
 if (!origin.includes('app.example.com')) {
 ws.close();
 return;
 }

 // ❌ Regex without anchors — bypassed by "evil-app.example.com"
 if (!/app\.example\.com/.test(origin)) {
 ws.close();
 return;
 }

 // ❌ Checking only protocol — any .com domain matches
 if (!origin.endsWith('.com')) {
 ws.close();
 return;
 }
});
