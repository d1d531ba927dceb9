const WebSocket = require('ws');
const { io } = require('socket.io-client');

function connect(token) {
  return new WebSocket('wss://prices.internal.example/ws', {
    headers: { Authorization: `Bearer ${token}` },
    rejectUnauthorized: false, // want `rejectUnauthorized turns off` high
  });
}

const socket = io('https://chat.internal.example', {
  rejectUnauthorized: false, // want `rejectUnauthorized`
});

module.exports = { connect, socket };
