import { useEffect } from 'react';

export function Session({ token }) {
  useEffect(() => {
    let socket = new WebSocket('wss://api.example.com/ws');
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.type !== 'moved') return;
      socket.close();
      socket = new WebSocket(message.url, token); // want `decides which server this client connects to` high
    };
    return () => socket.close();
  }, [token]);
  return null;
}
