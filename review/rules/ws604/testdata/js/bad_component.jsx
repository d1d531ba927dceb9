import { useEffect, useState } from 'react';

export function Ticker({ url }) {
  const [tick, setTick] = useState(null);

  useEffect(() => {
    const socket = new WebSocket(url);
    socket.addEventListener('message', ({ data }) => {
      setTick(JSON.parse(data)); // want `nothing catches it` low
    });
    return () => socket.close();
  }, [url]);

  return <output>{tick ? tick.price : ''}</output>;
}
