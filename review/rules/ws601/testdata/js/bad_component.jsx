import { useEffect, useState } from 'react';

export function Feed() {
  const [html, setHtml] = useState('');
  useEffect(() => {
    const ws = new WebSocket('wss://feed.example.com');
    ws.onmessage = (event) => {
      document.getElementById('raw').innerHTML = event.data; // want `innerHTML`
    };
    return () => ws.close();
  }, []);
  return <div id="raw" />;
}
