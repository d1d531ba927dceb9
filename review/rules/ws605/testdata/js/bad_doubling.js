let attempts = 0;

export function connect(url) {
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => { attempts = 0; });
  socket.addEventListener('close', () => {
    const delay = Math.min(30_000, 500 * 2 ** attempts);
    attempts += 1;
    setTimeout(() => connect(url), delay); // want `has nothing random in it` low
  });
}
