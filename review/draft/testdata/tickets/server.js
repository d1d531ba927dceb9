'use strict';

// A support desk with the guide's five flaws: agents and customers talk about
// tickets. A test program, vulnerable on purpose, on loopback only.

const http = require('node:http');
const crypto = require('node:crypto');
const { WebSocketServer, WebSocket } = require('ws');

const people = new Map(
  [
    { id: 'ann', password: 'ann-pw', fullName: 'Ann Agent', roles: ['agent'], email: 'ann@desk.example', ssn: '078-05-1120' },
    { id: 'carl', password: 'carl-pw', fullName: 'Carl Customer', roles: [], email: 'carl@mail.example', ssn: '219-09-9999' },
    { id: 'eve', password: 'eve-pw', fullName: 'Eve Customer', roles: [], email: 'eve@mail.example', ssn: '457-55-5462' },
  ].map((p) => [p.id, p]),
);
const tickets = new Map([
  [1, { ticketId: 1, ownerId: 'carl', subject: 'printer', status: 'open', comments: [] }],
  [2, { ticketId: 2, ownerId: 'eve', subject: 'mail', status: 'open', comments: [] }],
]);
const sessions = new Map();
const rooms = new Map();

function personOf(req) {
  const token = new URL(req.url, 'http://localhost').searchParams.get('access_token');
  const match = /(?:^|;\s*)desk_sid=([^;]+)/.exec(req.headers.cookie || '');
  return people.get(sessions.get(token || (match && match[1])));
}

const server = http.createServer((req, res) => {
  const json = (status, body, headers = {}) => {
    res.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    res.end(JSON.stringify(body));
  };
  if (req.method === 'POST' && req.url === '/login') {
    let text = '';
    req.on('data', (chunk) => (text += chunk));
    req.on('end', () => {
      const { id, password } = JSON.parse(text);
      const person = people.get(id);
      if (!person || person.password !== password) return json(401, { error: 'no' });
      const sid = crypto.randomBytes(16).toString('hex');
      sessions.set(sid, id);
      json(200, { token: sid }, { 'Set-Cookie': `desk_sid=${sid}; Path=/; HttpOnly` });
    });
    return;
  }
  if (req.url === '/api/me') {
    const person = personOf(req);
    if (!person) return json(401, { error: 'sign in' });
    return json(200, { sub: person.id, name: person.fullName, roles: person.roles });
  }
  json(404, { error: 'not found' });
});

const wss = new WebSocketServer({ server, path: '/desk' });

const say = (ws, event, fields) => ws.send(JSON.stringify({ action: event, ...fields }));

function tellRoom(room, message) {
  for (const ws of rooms.get(room) || []) ws.send(JSON.stringify(message));
}

const actions = {
  watch(ws, person, msg) {
    if (!rooms.has(msg.room)) rooms.set(msg.room, new Set());
    rooms.get(msg.room).add(ws);
    say(ws, 'watching', { room: msg.room });
  },
  open_ticket(ws, person, msg) {
    const ticket = { ticketId: tickets.size + 1, ownerId: msg.ownerId || person.id, subject: msg.subject, status: 'open', comments: [] };
    tickets.set(ticket.ticketId, ticket);
    tellRoom(`inbox:${ticket.ownerId}`, { action: 'ticket_opened', ticketId: ticket.ticketId, ownerId: ticket.ownerId, subject: ticket.subject });
    say(ws, 'opened', { ticketId: ticket.ticketId, ownerId: ticket.ownerId });
  },
  comment(ws, person, msg) {
    const ticket = tickets.get(msg.ticketId);
    if (!ticket) return say(ws, 'failed', { reason: 'no such ticket' });
    ticket.comments.push(msg.body);
    for (const client of wss.clients) {
      if (client.readyState === WebSocket.OPEN) {
        client.send(JSON.stringify({ action: 'commented', ticketId: msg.ticketId, author: msg.author ?? person.id, body: msg.body }));
      }
    }
  },
  set_priority(ws, person, msg) {
    const ticket = tickets.get(msg.ticketId);
    if (!ticket || !['low', 'normal', 'high'].includes(msg.priority)) return say(ws, 'failed', { reason: 'bad priority' });
    ticket.priority = msg.priority;
    say(ws, 'priority_set', { ticketId: msg.ticketId, priority: ticket.priority });
  },
  whois(ws, person, msg) {
    const found = people.get(msg.personId || person.id);
    if (!found) return say(ws, 'failed', { reason: 'nobody' });
    say(ws, 'person', { ...found });
  },
};

wss.on('connection', (ws, req) => {
  const person = personOf(req) || { id: 'guest', fullName: 'Guest', roles: [] };
  say(ws, 'hello', { id: person.id });
  ws.on('error', () => {}); // without a listener it would end the process
  ws.on('message', (data) => {
    let msg;
    try {
      msg = JSON.parse(data);
    } catch {
      return say(ws, 'failed', { reason: 'no JSON' });
    }
    const action = Object.hasOwn(actions, msg.action) ? actions[msg.action] : null;
    if (!action) return say(ws, 'failed', { reason: 'unknown action' });
    action(ws, person, msg);
  });
  ws.on('close', () => rooms.forEach((members) => members.delete(ws)));
});

const port = Number(process.env.DESK_PORT ?? 4100);
server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
if (process.env.EXIT_WITH_STDIN === '1') process.stdin.once('end', () => process.exit(0)).resume();
process.on('uncaughtException', (err) => console.error(err.message));
