const fs = require('node:fs');
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { file } = JSON.parse(data);
    socket.send(fs.readFileSync('files/' + file.replace(/'/g, ''))); // want `"file" of the message of the client`
  });
});
