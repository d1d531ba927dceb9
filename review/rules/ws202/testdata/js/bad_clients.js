import { io } from 'socket.io-client';

export function literal() {
  return new WebSocket(
    'wss://api.example.com/ws?token=eyJhbGciOiJIUzI1NiJ9.e30.x' // want `"token" becomes part of the URL`
  );
}

export function template(jwt) {
  return new WebSocket(`wss://api.example.com/ws?jwt=${jwt}`); // want `"jwt"`
}

export function composed(base, key) {
  const address = base + '/ws?room=1&api_key=' + encodeURIComponent(key); // want `"api_key"`
  return new WebSocket(address);
}

export function parameters(accessToken) {
  const url = new URL('/ws', location.href);
  url.searchParams.set('access_token', accessToken); // want `"access_token"`
  return new WebSocket(url);
}

export function options(token) {
  return io('https://chat.example.com', {
    query: { token }, // want `"token"`
  });
}
