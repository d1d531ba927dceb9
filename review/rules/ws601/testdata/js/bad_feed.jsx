import { useEffect, useState } from 'react';

export function Feed() {
  const [items, setItems] = useState([]);

  useEffect(() => {
    const socket = new WebSocket('wss://feed.example.com/ws');
    socket.addEventListener('message', (event) => {
      const item = JSON.parse(event.data);
      setItems((list) => [...list, item]);
    });
    return () => socket.close();
  }, []);

  return (
    <section>
      {items.map((item) => (
        <article key={item.id} dangerouslySetInnerHTML={{ __html: item.html }} /> // want `dangerouslySetInnerHTML` high
      ))}
    </section>
  );
}
