class SecureWebSocket {
 constructor(url, options = {}) {
 this.maxReconnectAttempts = options.maxReconnectAttempts || 5;
 this.reconnectDelay = options.reconnectDelay || 1000;
 this.messageHandlers = new Map();
 this.reconnectAttempts = 0;

 // ✅ Schema validation for incoming messages
 this.messageSchema = options.messageSchema;
 }

 async connect() {
 // ✅ Obtain short-lived ticket via authenticated API
 const response = await fetch('/api/ws-ticket', {
 method: 'POST',
 credentials: 'same-origin',
 headers: { 'X-CSRF-Token': getCsrfToken() },
 });
 const { ticket } = await response.json();

 this.ws = new WebSocket(
 `wss://api.example.com/ws?ticket=${ticket}`
 );

 this.ws.onmessage = (event) => {
 let data;
 try {
 data = JSON.parse(event.data);
 } catch {
 console.error('Invalid server message');
 return;
 }

 // ✅ Validate server messages too
 if (this.messageSchema && !this.messageSchema.safeParse(data).success) {
 console.error('Unexpected message format', data);
 return;
 }

 // ✅ Use safe rendering — NEVER innerHTML
 const handler = this.messageHandlers.get(data.type);
 if (handler) handler(data);
 };

 this.ws.onclose = (event) => {
 if (event.code !== 1000 && this.reconnectAttempts < this.maxReconnectAttempts) {
 setTimeout(() => {
 this.reconnectAttempts++;
 this.connect();
 }, this.reconnectDelay * Math.pow(2, this.reconnectAttempts));
 }
 };
 }

 // ✅ Type-safe message sending
 send(action, payload) {
 if (this.ws?.readyState === WebSocket.OPEN) {
 this.ws.send(JSON.stringify({ action, ...payload }));
 }
 }

 on(type, handler) {
 this.messageHandlers.set(type, handler);
 }
}
