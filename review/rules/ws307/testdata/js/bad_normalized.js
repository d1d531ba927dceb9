const fs = require('node:fs');
const path = require('node:path');
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

function normalizePath(name) {
  return path.normalize(name).replaceAll('\\', '/');
}

wss.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { file } = JSON.parse(data);
    socket.send(fs.readFileSync('files/' + normalizePath(file))); // want `"file" of the message of the client`
  });
});
