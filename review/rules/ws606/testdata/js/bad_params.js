const params = new URLSearchParams(location.search);
const gateway = params.get('gateway') ?? 'wss://api.example.com/ws';

const ws = new WebSocket(gateway); // want `"search.gateway" of the address of the page decides` high
ws.onopen = () => ws.send(JSON.stringify({ type: 'connect', token: localStorage.token }));
