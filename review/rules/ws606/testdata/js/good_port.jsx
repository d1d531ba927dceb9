// A number is no host.
import { useMemo } from 'react';

export function useSocket() {
  return useMemo(() => {
    const port = Number(new URLSearchParams(location.search).get('port')) || 8080;
    return new WebSocket(`wss://dev.example.com:${port}/ws`);
  }, []);
}
