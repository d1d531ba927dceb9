const socket = new WebSocket('wss://feed.example.com');

socket.onmessage = (event) => {
  let data;
  try {
    data = JSON.parse(event.data);
  } catch {
    return;
  }
  document.title = data.title;
};

const saved = JSON.parse(localStorage.getItem('settings'));
