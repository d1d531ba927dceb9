import WebSocket from 'ws';

// The address is a constant of the file.
const FEED = 'ws://prices.example.com:9001/feed';

export function follow(onPrice) {
  const ws = new WebSocket(FEED); // want `prices.example.com is not encrypted` medium
  ws.on('message', onPrice);
}

export function chat(room) {
  return new WebSocket(`ws://chat.example.net/rooms/${encodeURIComponent(room)}`); // want `chat.example.net`
}

export const sensor = () => new WebSocket('ws://192.168.7.20:81/'); // want `192.168.7.20`
