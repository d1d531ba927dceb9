import DOMPurify from 'dompurify';
import { useEffect, useState } from 'react';

export function Feed() {
  const [item, setItem] = useState({ title: '', html: '' });

  useEffect(() => {
    const socket = new WebSocket('wss://feed.example.com/ws');
    socket.onmessage = (event) => setItem(JSON.parse(event.data));
    return () => socket.close();
  }, []);

  return (
    <article>
      <h2>{item.title}</h2>
      <div dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(item.html) }} />
    </article>
  );
}
