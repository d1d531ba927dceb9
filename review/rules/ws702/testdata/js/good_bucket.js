const { WebSocketServer } = require('ws');

class Bucket {
  constructor(rate, burst) {
    Object.assign(this, { rate, burst, tokens: burst, at: performance.now() });
  }

  take() {
    const now = performance.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) / 1000) * this.rate);
    this.at = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}

const wss = new WebSocketServer({ port: 8080, maxPayload: 4096 });

wss.on('connection', (ws) => {
  const bucket = new Bucket(1, 20);
  ws.on('message', (data) => {
    if (!bucket.take()) {
      ws.terminate();
      return;
    }
    const msg = JSON.parse(data);
    wss.clients.forEach((c) => c.send(JSON.stringify({ type: 'chat', text: String(msg.text).slice(0, 500) })));
  });
});
