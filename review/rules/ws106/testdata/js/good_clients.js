// The scheme follows the page.
const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const live = new WebSocket(`${scheme}://${location.host}/live`);

const url = new URL('/ws', location.href);
url.protocol = 'wss:';
const feed = new WebSocket(url);

// This machine.
const debug = new WebSocket('ws://localhost:9229/devtools');
const tool = new WebSocket('ws://127.0.0.1:8080/ws');
const six = new WebSocket('ws://[::1]:8080/ws');
const dev = new WebSocket('ws://app.localhost:3000/hmr');

// Only whoever runs it knows the host.
const agent = new WebSocket(`ws://${process.env.AGENT_HOST}/agent`);
