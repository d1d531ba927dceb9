const socket = new WebSocket('ws://app.example.com/ws');

socket.onmessage = (event) => {
  const msg = JSON.parse(event.data);
  document.querySelector('#chat').innerHTML += `<p>${msg.text}</p>`;
};
