'use strict';

// The guide's trading platform with its flaws, on Node and ws. Vulnerable on
// purpose, therefore on loopback only. Each flaw has a comment FLAW with its
// weakness id; ../PROTOCOL.md says what is spoken.
//
//   node server.js [--port N] [--trust-guard]

const { parseArgs } = require('node:util');
const { WebSocketServer } = require('ws');
const { Accounts } = require('./accounts.js');
const { createServer } = require('./http.js');
const { Market } = require('./market.js');

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT || '3000' },
    'trust-guard': { type: 'boolean', default: process.env.TRADING_TRUST_GUARD === '1' },
  },
});
const port = Number(flags.port);
const tickMs = Number(process.env.TRADING_TICK_MS || 1000);
if (!Number.isInteger(port) || port < 0 || port > 65535 || !Number.isInteger(tickMs) || tickMs < 1) {
  console.error('trading: the port is 0 to 65535 and TRADING_TICK_MS at least 1');
  process.exit(2);
}

const accounts = new Accounts(process.env.TRADING_JWT_SECRET);
const market = new Market();
const channels = new Map(); // name -> the connections that listen
const httpServer = createServer(accounts);

// FLAW WS101: neither verifyClient nor anything below looks at Origin, although
// a cookie signs the browser in: any page can open a socket as its visitor.
// FLAW WS701, WS703: maxPayload stays at 100 MiB, connections are not counted.
const wss = new WebSocketServer({
  server: httpServer,
  path: '/ws',
  handleProtocols: (offered) => (offered.has('trading.v1') ? 'trading.v1' : false),
});

/** Who opens the connection; null is anonymous. */
function userOf(req) {
  if (flags['trust-guard'] && req.headers['wswarden-user']) return req.headers['wswarden-user'];
  // FLAW WS202: a token that lives for minutes travels in the URL, and stays in
  // the logs of every proxy on the way.
  const token = new URL(req.url, 'http://localhost').searchParams.get('token');
  const who = token ? accounts.fromToken(token) : accounts.fromHeaders(req.headers);
  return who ? who.sub : null;
}

// FLAW WS706: send queues without limit for who reads slowly.
const send = (ws, message) => ws.send(JSON.stringify(message));

function publish(channel, message, also) {
  for (const ws of new Set([...(channels.get(channel) || []), ...(also ? [also] : [])])) send(ws, message);
}

function subscribe(ws, channel) {
  if (!channels.has(channel)) channels.set(channel, new Set());
  channels.get(channel).add(ws);
  send(ws, { type: 'subscribed', channel });
  const price = channel.startsWith('prices:') && market.price(channel.slice('prices:'.length));
  if (price) send(ws, price);
}

function unsubscribe(ws, channel) {
  const listeners = channels.get(channel);
  if (listeners?.delete(ws) && listeners.size === 0) channels.delete(channel);
}

// FLAW WS201: who is nobody is served all the same.
// FLAW WS704, WS209: no ping, no idle limit, no maximum age.
wss.on('connection', (ws, req) => {
  const user = userOf(req);
  const refuse = (message) => send(ws, { type: 'error', message });
  ws.on('error', () => {}); // without a listener it would end the process; ws closes by itself
  ws.on('close', () => [...channels.keys()].forEach((channel) => unsubscribe(ws, channel)));
  send(ws, { type: 'welcome', user });

  // FLAW WS702: as many messages a second as the client can send.
  ws.on('message', (data, isBinary) => {
    try {
      handle(data, isBinary);
    } catch {
      refuse('invalid message'); // no JSON, or nested too deeply to be written again
    }
  });

  function handle(data, isBinary) {
    const msg = JSON.parse(data);
    if (typeof msg?.type !== 'string' || Array.isArray(msg)) return refuse('invalid message');

    switch (msg.type) {
      case 'subscribe':
        if (typeof msg.channel !== 'string' || msg.channel === '') return refuse('invalid channel');
        // FLAW WS404: any channel, also "orders:" of somebody else.
        subscribe(ws, msg.channel);
        break;

      case 'unsubscribe':
        if (typeof msg.channel !== 'string' || msg.channel === '') return refuse('invalid channel');
        unsubscribe(ws, msg.channel);
        send(ws, { type: 'unsubscribed', channel: msg.channel });
        break;

      case 'place_order': {
        const order = market.execute({
          userId: msg.userId ?? user, // FLAW WS401: the message says who buys and pays.
          symbol: msg.symbol,
          quantity: msg.quantity,
          price: msg.price,
        });
        if (!order) return refuse('invalid order');
        publish(`orders:${order.userId}`, order, ws);
        break;
      }

      case 'chat':
        // FLAW WS502: everybody is also who never signed in.
        wss.clients.forEach((client) => {
          send(client, {
            type: 'chat',
            message: msg.text ?? null, // FLAW WS501: as it came, markup included.
            user: msg.username ?? user, // FLAW WS401: the message says who speaks.
          });
        });
        break;

      case 'get_profile': {
        const profile = market.profile(msg.userId ?? user); // FLAW WS402: any account by its id.
        if (!profile) return refuse('no such account');
        send(ws, profile);
        break;
      }

      case 'get_orders': {
        const orders = market.orders(user);
        if (!orders) return refuse('no such account');
        send(ws, orders);
        break;
      }

      case 'echo':
        ws.send(data, { binary: isBinary });
        break;

      default:
        refuse('unknown type');
    }
  }
});

const ticking = setInterval(() => {
  for (const message of market.move()) publish(`prices:${message.symbol}`, message);
}, tickMs);

function stop() {
  clearInterval(ticking);
  wss.clients.forEach((ws) => ws.close(1001));
  httpServer.close();
  setTimeout(() => process.exit(0), 1000).unref();
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (process.env.TRADING_EXIT_WITH_STDIN === '1') process.stdin.once('end', stop).resume();

httpServer.on('error', (err) => {
  console.error(`trading: listen: ${err.message}`);
  process.exit(2);
});
httpServer.listen(port, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${httpServer.address().port}`);
});
