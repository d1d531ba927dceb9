const socket = new WebSocket('wss://app.example.com/ws');

socket.onmessage = (event) => {
  const data = JSON.parse(event.data);
  if (data.script) eval(data.script); // want `"data.script" of the message of the server reaches eval` high
  if (data.handler) setTimeout(data.handler, 100); // want `setTimeout`
};
