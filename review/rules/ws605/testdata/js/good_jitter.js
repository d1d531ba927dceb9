let attempts = 0;

function connect() {
  const ws = new WebSocket('wss://app.example.com/ws');
  ws.onopen = () => { attempts = 0; };
  ws.onclose = (event) => {
    if (event.code === 1000 || event.code === 4003) return;
    const ceiling = Math.min(60000, 1000 * 2 ** attempts);
    attempts += 1;
    setTimeout(connect, Math.random() * ceiling);
  };
}

connect();
