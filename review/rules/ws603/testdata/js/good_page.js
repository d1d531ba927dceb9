const socket = new WebSocket('wss://app.example.com/ws');
const handlers = new Map([['reload', () => location.reload()]]);

socket.onmessage = (event) => {
  const data = JSON.parse(event.data);
  const run = handlers.get(data.name);
  if (run) setTimeout(run, 100);
};
