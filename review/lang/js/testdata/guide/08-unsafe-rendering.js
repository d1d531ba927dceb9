// Client-side message handler
socket.onmessage = (event) => {
 const data = JSON.parse(event.data);

 switch (data.type) {
 case 'chat':
 // ❌ Direct HTML insertion — stored XSS!
 chatBox.innerHTML += `
 <div class="message">
 <strong>${data.username}</strong>: ${data.message}
 </div>
 `;
 break;

 case 'notification':
 // ❌ HTML in notification
 document.getElementById('alerts').innerHTML = data.html;
 break;

 case 'update_profile':
 // ❌ Setting src from server data without validation
 document.getElementById('avatar').src = data.avatarUrl;
 break;
 }
};
