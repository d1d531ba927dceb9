const socket = new WebSocket('wss://chat.example.com/ws');

function escapeHtml(text) {
  return String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;');
}

socket.addEventListener('message', (event) => {
  const data = JSON.parse(event.data);
  document.getElementById('log').innerHTML += `<p>${escapeHtml(data.text)}</p>`;
});
