  async connect() {
    this.ws = new WebSocket(url);
    this.ws.onmessage = (e) => { x.innerHTML = e.data }
  }
  send(a) { this.ws.send(a) }
