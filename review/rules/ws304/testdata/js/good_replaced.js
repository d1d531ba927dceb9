const { exec } = require('node:child_process');
const { WebSocketServer } = require('ws');

const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { file, folder, user, any } = JSON.parse(data);
    exec("ls '" + file.replace(/'/g, "'\\''") + "'");
    exec('ls ' + folder.replace(/[^A-Za-z0-9_-]+/g, ''));
    exec('ls ' + user.replaceAll(/[^\w-]/g, '_'));
    exec('ls ' + any.replace(/[^\p{L}\u4e00-\u9fa5à-ÿ0-9]/gu, ''));
  });
});
