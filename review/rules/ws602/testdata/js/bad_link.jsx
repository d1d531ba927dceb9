import { useEffect, useState } from 'react';

export function Announcement() {
  const [message, setMessage] = useState({ text: '', link: '' });

  useEffect(() => {
    const socket = new WebSocket('wss://app.example.com/ws');
    socket.onmessage = (event) => setMessage(JSON.parse(event.data));
    return () => socket.close();
  }, []);

  return <a href={message.link}>{message.text}</a>; // want `whatever its scheme and host` medium
}
