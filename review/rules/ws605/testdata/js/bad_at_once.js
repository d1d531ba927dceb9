const WebSocket = require('ws');

function follow() {
  const upstream = new WebSocket('wss://feed.example.com/ws'); // want `reconnects as soon as the connection has closed` low
  upstream.on('message', (data) => store.save(data));
  upstream.on('error', (err) => console.error(err.message));
  upstream.on('close', () => follow());
}

follow();
