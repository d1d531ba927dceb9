const socket = new WebSocket('wss://app.example.com/ws');

socket.onmessage = (event) => {
  const data = JSON.parse(event.data);
  switch (data.type) {
    case 'profile': {
      const url = new URL(data.homepage);
      if (url.protocol === 'https:') document.getElementById('homepage').href = data.homepage;
      break;
    }
    case 'user':
      window.location.href = `/users/${encodeURIComponent(data.id)}`;
      break;
    case 'image':
      document.getElementById('frame').src = `data:image/jpeg;base64,${data.frame}`;
      break;
    case 'avatar':
      document.getElementById('avatar').src = 'https://avatars.example.com/' + data.name;
      break;
    case 'signed-out':
      window.location.href = '/login';
      break;
  }
};
