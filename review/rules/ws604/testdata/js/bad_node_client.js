const WebSocket = require('ws');

const upstream = new WebSocket('wss://feed.example.com/ws');

upstream.on('message', (data) => {
  const event = JSON.parse(data); // want `JSON.parse throws` low
  if (event.type === 'tick') store.save(event.symbol, event.price);
});
