const { exec } = require('node:child_process');
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { file, folder, user, any, id, tag } = JSON.parse(data);
    if (/^[A-Za-z]+$/.test(file)) exec('ls ' + file);
    if (/^[0-9a-z_-]+$/.test(folder)) exec('ls ' + folder);
    if (/^[\w-]{1,20}$/.test(user)) exec('ls ' + user);
    if (/^[-a-f0-9]+$/i.test(any)) exec('ls ' + any);
    if (/^[a-z\-_0-9]+$/.test(id)) exec('ls ' + id);
    if (/^[0-9-a-z]+$/.test(tag)) exec('ls ' + tag);
  });
});
