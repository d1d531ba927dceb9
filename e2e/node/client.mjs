// A session of the trading platform through the gateway, as a page would hold
// it: sign in, ticket, connect, trade, close. Prints what it saw as one line of
// JSON. With "ws" it uses the library of that name, with "builtin" Node's own
// WebSocket.
//
//   node client.mjs ws|builtin PLATFORM GUARD
import { WebSocket as LibrarySocket } from 'ws';

const [kind, platform, guard] = process.argv.slice(2);

async function post(url, body, headers) {
  const res = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  return { status: res.status, body: await res.json(), headers: res.headers };
}

function open(url, protocols) {
  if (kind === 'builtin') return new WebSocket(url, { protocols, headers: { Origin: platform } });
  return new LibrarySocket(url, protocols, { origin: platform });
}

const login = await post(`${platform}/login`, { user: 'alice', password: 'alice-demo' });
const cookie = login.headers.get('set-cookie').split(';')[0];
const minted = await post(`${guard}/ws/ticket`, {}, { Cookie: cookie, Origin: platform, 'X-CSRF-Token': '1' });
if (minted.status !== 200) throw new Error(`ticket: ${minted.status} ${JSON.stringify(minted.body)}`);

const socket = open(minted.body.url, ['wswarden.v1', minted.body.protocol]);
const seen = { kind, types: [] };
const send = {
  welcome: { type: 'subscribe', channel: 'prices:AAPL' },
  price: { type: 'place_order', symbol: 'AAPL', quantity: 1, price: 190 },
  order: { type: 'echo', text: 'grüße 🦊 ' + 'x'.repeat(30000) },
};

await new Promise((resolve, reject) => {
  socket.onopen = () => { seen.protocol = socket.protocol; };
  socket.onerror = (e) => reject(new Error(`socket: ${e.message ?? e.error?.message ?? 'failed'}`));
  socket.onmessage = (e) => {
    const m = JSON.parse(e.data);
    if (seen.types.includes(m.type)) return;
    seen.types.push(m.type);
    if (m.type === 'welcome') seen.user = m.user;
    if (m.type === 'order') seen.orderOf = m.userId;
    if (m.type === 'echo') {
      seen.echoIntact = m.text === send.order.text;
      socket.close(4321, 'enough');
    } else if (send[m.type]) {
      socket.send(JSON.stringify(send[m.type]));
    }
  };
  socket.onclose = (e) => {
    seen.close = e.code;
    seen.clean = e.wasClean;
    resolve();
  };
});
console.log(JSON.stringify(seen));
