// A number holds no markup.
const price = document.getElementById('price');
const socket = new WebSocket('wss://feed.example.com/ws');

socket.onmessage = (event) => {
  const tick = JSON.parse(event.data);
  price.innerHTML = `<b>${Number(tick.price).toFixed(2)}</b>`;
};
