const socket = new WebSocket('wss://feed.example.com');

socket.onmessage = (event) => {
  const data = JSON.parse(event.data); // want `JSON.parse throws on a message that isn't as expected` low
  document.title = data.title;
};
