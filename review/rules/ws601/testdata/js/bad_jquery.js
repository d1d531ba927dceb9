import $ from 'jquery';

const socket = new WebSocket('wss://chat.example.com/ws');

function show(message) {
  $('#messages').append('<p>' + message.text + '</p>'); // want `which parses it as HTML` high
}

socket.onmessage = function (event) {
  show(JSON.parse(event.data));
};
