const socket = new WebSocket('wss://app.example.com/ws');

socket.onmessage = (event) => {
  const data = JSON.parse(event.data);
  switch (data.type) {
    case 'profile':
      document.getElementById('homepage').href = data.homepage; // want `"data.homepage" of the message of the server reaches` medium
      break;
    case 'redirect':
      window.location.href = data.url; // want `"data.url" of the message of the server`
      break;
    case 'open':
      window.open(data.page); // want `"data.page" of the message of the server`
      break;
  }
};
