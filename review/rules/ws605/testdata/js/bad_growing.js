class Client {
  constructor(url) {
    this.url = url;
    this.attempts = 0;
  }

  connect() {
    this.ws = new WebSocket(this.url);
    this.ws.addEventListener('close', () => {
      this.attempts += 1;
      setTimeout(() => this.connect(), Math.min(30000, 1000 * 2 ** this.attempts)); // want `nothing random in it` low medium-confidence
    });
  }
}

new Client('wss://app.example.com/ws').connect();
