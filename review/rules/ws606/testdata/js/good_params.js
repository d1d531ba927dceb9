const GATEWAYS = new Map([['eu', 'wss://eu.api.example.com/ws'], ['us', 'wss://us.api.example.com/ws']]);
const params = new URLSearchParams(location.search);

const chosen = new WebSocket(GATEWAYS.get(params.get('region')) ?? GATEWAYS.get('eu'));
const own = new WebSocket(`wss://${location.host}/ws?room=${encodeURIComponent(params.get('room'))}`);
const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
const same = new WebSocket(scheme + '//' + window.location.host + window.location.pathname + 'ws');
const relative = new WebSocket(location.href.replace(/^http/, 'ws'));

const asked = new URL(params.get('gateway') ?? location.href);
if (asked.host === location.host) new WebSocket(asked);
