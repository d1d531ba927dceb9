// Any host passes, as long as it uses our port.
const { WebSocketServer } = require('ws');

function start(server, config) {
  const wss = new WebSocketServer({ noServer: true });
  server.on('upgrade', (req, socket, head) => {
    const origin = req.headers.origin;
    if (origin) {
      const url = new URL(origin);
      const port = url.port || (url.protocol === 'https:' ? '443' : '80');
      if (port !== String(config.port)) { // want `the port of Origin alone, lets in https://\S+evil.example:8443` critical
        socket.destroy();
        return;
      }
    }
    const session = sessions.find(req.headers.cookie);
    wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req, session));
  });
}
