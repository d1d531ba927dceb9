// Client-side
const ws = new WebSocket(
 'wss://api.example.com/ws?token=eyJhbGciOiJIUzI1NiIs...'
);
// ❌ Token visible in:
// - Server access logs
// - Proxy logs
// - Browser history
// - Referer header if page navigates
// - Network monitoring tools
