const { exec } = require('node:child_process');
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { file, folder, user, any } = JSON.parse(data);
    exec('ls ' + file.replace("'", '')); // want `"file" of the message of the client`
    exec('ls ' + folder.replace(/[^A-z]/g, '')); // want `"folder" of the message of the client`
    exec('ls ' + user.replace(/[^a-z|&]/g, '')); // want `"user" of the message of the client`
    exec('ls ' + any.replace(/[^a-z]/, '')); // want `"any" of the message of the client`
  });
});
