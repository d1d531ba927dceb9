import { useEffect, useState } from 'react';

export function Author() {
  const [message, setMessage] = useState({ author: '' });

  useEffect(() => {
    const socket = new WebSocket('wss://app.example.com/ws');
    socket.onmessage = (event) => setMessage(JSON.parse(event.data));
    return () => socket.close();
  }, []);

  return (
    <a href={`/users/${encodeURIComponent(message.author)}`}>
      <img src={`https://avatars.example.com/${message.author}.png`} alt="" />
    </a>
  );
}
