import { createRoot } from 'react-dom/client';

const root = createRoot(document.getElementById('announcement'));
const socket = new WebSocket('wss://app.example.com/ws');

socket.onmessage = (event) => {
  const message = JSON.parse(event.data);
  root.render(<a href={message.link}>{message.text}</a>); // want `whatever its scheme and host` medium
};
