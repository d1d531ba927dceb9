// Who lost the connection says so, and the user asks again.
const button = document.getElementById('reconnect');

function connect() {
  const socket = new WebSocket('wss://feed.example.com/ws');
  socket.onmessage = (event) => render(event.data);
  socket.onclose = () => {
    button.hidden = false;
    setTimeout(() => button.focus(), 100);
  };
}

button.addEventListener('click', connect);
connect();
