const { exec } = require('node:child_process');
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { file, folder, user, any } = JSON.parse(data);
    if (/^[A-z]+$/.test(file)) exec('ls ' + file); // want `"file" of the message of the client`
    if (/^[0-z]+$/.test(folder)) exec('ls ' + folder); // want `"folder" of the message of the client`
    if (/^[_-z]+$/.test(user)) exec('ls ' + user); // want `"user" of the message of the client`
    if (/^[+-z]+$/.test(any)) exec('ls ' + any); // want `"any" of the message of the client`
  });
});
