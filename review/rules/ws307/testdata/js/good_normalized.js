const fs = require('node:fs');
const { WebSocketServer } = require('ws');
const { normalizeFilename } = require('./names');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { file } = JSON.parse(data);
    socket.send(fs.readFileSync('files/' + normalizeFilename(file)));
  });
});
