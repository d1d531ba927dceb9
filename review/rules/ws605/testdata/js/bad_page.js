function connect() {
  const ws = new WebSocket('wss://app.example.com/ws');
  ws.onclose = () => setTimeout(connect, 1000); // want `after the same pause each time \(1000\)` low
}

connect();
