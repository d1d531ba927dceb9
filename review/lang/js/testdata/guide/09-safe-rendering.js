socket.onmessage = (event) => {
 let data;
 try {
 data = JSON.parse(event.data);
 } catch {
 console.error('Invalid message from server');
 return;
 }

 switch (data.type) {
 case 'chat':
 // ✅ Use textContent — no HTML parsing
 const msgDiv = document.createElement('div');
 msgDiv.className = 'message';
 const strong = document.createElement('strong');
 strong.textContent = data.username;
 const text = document.createTextNode(': ' + data.message);
 msgDiv.appendChild(strong);
 msgDiv.appendChild(text);
 chatBox.appendChild(msgDiv);
 break;

 case 'notification':
 // ✅ Use textContent, not innerHTML
 document.getElementById('alerts').textContent = data.text;
 break;

 case 'update_profile':
 // ✅ Validate URL scheme before setting src
 const url = new URL(data.avatarUrl);
 if (['https:'].includes(url.protocol)) {
 document.getElementById('avatar').src = data.avatarUrl;
 }
 break;
 }
};
