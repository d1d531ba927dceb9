// The page's own host, and a room that only fills a parameter.
const room = new URLSearchParams(location.search).get('room') ?? 'lobby';
const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';

export const socket = new WebSocket(`${scheme}//${location.host}/ws?room=${encodeURIComponent(room)}`);
