const io = require('socket.io-client');

const socket = io('https://chat.example.com');

socket.on('message', (msg) => {
  $('#messages').append('<li>' + msg.text + '</li>'); // want `"text" of the message of the server`
});

function show(user) {
  $('#who').html(user.name); // want `"user.name" of the message of the server`
}

socket.on('joined', (event) => show(event.user));
