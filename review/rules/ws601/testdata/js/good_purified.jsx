import DOMPurify from 'dompurify';
import { createRoot } from 'react-dom/client';

const root = createRoot(document.getElementById('feed'));
const socket = new WebSocket('wss://feed.example.com/ws');

socket.addEventListener('message', (event) => {
  const item = JSON.parse(event.data);
  root.render(
    <article>
      <h2>{item.title}</h2>
      <div dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(item.html) }} />
    </article>,
  );
});
