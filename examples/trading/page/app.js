'use strict';

// The page of the trading platform. Without a guard it shows the flaws of the
// guide's client, each with a comment FLAW; with ?guard=1 (port 8080 of the
// same host) or ?guard=http://127.0.0.1:8080 it connects through the guard, with
// a ticket.

const byID = (id) => document.getElementById(id);
const guard = guardOrStop();
const symbols = ['AAPL', 'GOOG', 'MSFT'];
const lastPrice = new Map();

let socket = null;
let attempt = 0; // which call of connect is the latest
let user = null; // who is signed in
let token = null; // of the last sign-in; kept in memory only

/** The guard's base address, or null to connect directly. */
function guardAddress() {
  const meta = document.querySelector('meta[name="wswarden-guard"]').content;
  const value = new URLSearchParams(location.search).get('guard') ?? meta;
  if (value === '' || value === '0') return null;
  const address = new URL(value === '1' ? `${location.protocol}//${location.hostname}:8080` : value);
  // Another host than the page's own would let a link send the visitor's
  // messages anywhere (WS606); only the port is open to choice.
  if (address.protocol !== location.protocol || address.hostname !== location.hostname) {
    throw new Error('guard: the address must be on the host of the page');
  }
  return address.origin;
}

/** guardAddress, or the end of the page's script: a bad address must not mean no guard. */
function guardOrStop() {
  try {
    return guardAddress();
  } catch (err) {
    show(err.message, 'failed');
    throw err;
  }
}

/** Opens a socket, directly or with a ticket of the guard. */
async function open() {
  if (guard === null) {
    const address = new URL('/ws', location.href);
    address.protocol = location.protocol.replace('http', 'ws');
    // FLAW WS202: a token that lives for minutes becomes part of a URL.
    if (token) address.searchParams.set('token', token);
    return new WebSocket(address);
  }
  const response = await fetch(`${guard}/ws/ticket`, {
    method: 'POST',
    // The guard is another origin of the same site: include sends the cookie.
    credentials: 'include',
    headers: {
      'Content-Type': 'application/json',
      // A header that a form can't set; its value is not judged here.
      'X-CSRF-Token': '1',
    },
    body: '{}',
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`no ticket: ${answer.detail || answer.title || response.status}`);
  const address = guard.replace('http', 'ws') + '/ws';
  return new WebSocket(address, ['wswarden.v1', `wst.${answer.ticket}`]);
}

async function connect() {
  disconnect();
  const mine = ++attempt;
  if (guard !== null && user === null) return show('sign in to connect');
  show('connecting');
  let opened;
  try {
    opened = await open();
  } catch (err) {
    if (mine === attempt) show(err.message, 'failed');
    return;
  }
  if (mine !== attempt) return opened.close();
  socket = opened;
  socket.onopen = () => {
    show('connected', 'open');
    for (const symbol of symbols) send({ type: 'subscribe', channel: `prices:${symbol}` });
  };
  socket.onmessage = (event) => {
    if (socket === opened) receive(event.data);
  };
  // No automatic reconnection: a reader should see what was refused.
  socket.onclose = (event) => {
    if (socket === opened) show(`closed ${event.code} ${event.reason}`, 'failed');
  };
}

function disconnect() {
  attempt++;
  if (socket) socket.close(1000);
  socket = null;
}

function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  else show('not connected', 'failed');
}

function receive(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    return show('unreadable message', 'failed');
  }
  switch (data.type) {
    case 'welcome':
      show(`connected as ${data.user ?? 'nobody'}`, 'open');
      if (data.user === null) break;
      send({ type: 'subscribe', channel: `orders:${data.user}` });
      send({ type: 'get_orders' });
      break;
    case 'price':
      showPrice(data);
      break;
    case 'orders':
      byID('orders').replaceChildren();
      data.orders.forEach(showOrder);
      break;
    case 'order':
      showOrder(data);
      break;
    case 'chat':
      // FLAW WS601: what somebody typed becomes markup of this page.
      byID('chat').innerHTML += `<div><strong>${data.user}</strong>: ${data.message}</div>`;
      byID('chat').scrollTop = byID('chat').scrollHeight;
      break;
    case 'error':
      show(data.message, 'failed');
      break;
  }
}

function show(text, state = '') {
  byID('status').textContent = text;
  byID('status').className = `status ${state}`;
}

function row(...cells) {
  const tr = document.createElement('tr');
  for (const cell of cells) tr.insertCell().textContent = cell;
  return tr;
}

function showPrice({ symbol, price }) {
  const change = price - (lastPrice.get(symbol) ?? price);
  lastPrice.set(symbol, price);
  const tr = row(symbol, price.toFixed(2), (change < 0 ? '' : '+') + change.toFixed(2));
  tr.id = `price-${symbol}`;
  tr.lastChild.className = change < 0 ? 'down' : 'up';
  const old = byID(tr.id);
  if (old) old.replaceWith(tr);
  else byID('prices').append(tr);
}

function showOrder({ id, userId, symbol, quantity, price }) {
  const tr = row(id, userId, symbol, quantity, price.toFixed(2));
  tr.id = `order-${id}`;
  byID(tr.id)?.remove(); // it may come by the list and by the channel
  byID('orders').prepend(tr);
}

function showUser() {
  byID('login').hidden = user !== null;
  byID('account').hidden = user === null;
  byID('user').textContent = user ?? '';
}

byID('login').onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  const response = await fetch('/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user: form.user.value, password: form.password.value }),
  });
  const answer = await response.json();
  if (!response.ok) return show(answer.error, 'failed');
  form.reset();
  ({ user, token } = answer);
  showUser();
  connect();
};

byID('logout').onclick = async () => {
  await fetch('/logout', { method: 'POST' });
  user = token = null;
  showUser();
  byID('orders').replaceChildren();
  connect();
};

byID('order').onsubmit = (event) => {
  event.preventDefault();
  const { userId, symbol, quantity, price } = event.target;
  send({
    type: 'place_order',
    userId: userId.value || user, // the server believes it (WS401)
    symbol: symbol.value,
    quantity: Number(quantity.value),
    price: Number(price.value),
  });
};

byID('say').onsubmit = (event) => {
  event.preventDefault();
  const { username, text } = event.target;
  send({ type: 'chat', username: username.value || user || 'guest', text: text.value });
  text.value = '';
};

byID('connect').onclick = connect;

async function start() {
  const direct = new URL(location.href);
  direct.searchParams.set('guard', guard === null ? '1' : '0');
  const link = document.createElement('a');
  link.href = direct;
  link.textContent = guard === null ? 'Connect through the guard.' : 'Connect directly.';
  byID('way').append(guard === null ? 'This page connects to it directly. ' : `This page connects through the guard at ${guard}. `, link);
  const response = await fetch('/whoami');
  if (response.ok) user = (await response.json()).sub;
  showUser();
  connect();
}

start();
