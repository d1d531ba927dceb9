const first = new WebSocket('wss://api.example.com/ws');
const host = new URL(location.href).searchParams.get('host');

function open(url: string) {
  return new WebSocket(url); // want `"data.url" of the message of the server decides`
}

first.onmessage = (event) => {
  const data = JSON.parse(event.data);
  if (data.type === 'moved') open(data.url);
};

new WebSocket(`wss://${host}/ws`); // want `of the address of the page decides`
