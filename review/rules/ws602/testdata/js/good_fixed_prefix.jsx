import { createRoot } from 'react-dom/client';

const root = createRoot(document.getElementById('author'));
const socket = new WebSocket('wss://app.example.com/ws');

socket.onmessage = (event) => {
  const message = JSON.parse(event.data);
  root.render(
    <a href={`/users/${encodeURIComponent(message.author)}`}>
      <iframe src={`https://cards.example.com/${message.author}`} title={message.author} />
    </a>,
  );
};
