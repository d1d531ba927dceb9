// The page of the trading platform that alice has open. It is the guide's client, and
// the same on both sides, flaws included; only the way in differs: the token in the
// URL, or a ticket of the guard.
import type { Message } from '@wswarden/client';
import { serveParent } from './shared/bridge.ts';
import { byID, h } from './shared/dom.ts';
import type { PaneEvent } from './shared/pane_event.ts';
import { connectBare, connectGuarded, type Link } from './shared/link.ts';
import { loadSite } from './shared/site.ts';

const symbols = ['AAPL', 'GOOG', 'MSFT'];
const ordersShown = 4;

interface Server {
  type: string;
  user: string | null;
  userId: string;
  symbol: string;
  price: number;
  quantity: number;
  message: unknown;
  id: number;
  orders: Server[];
}

let link: Link | null = null;
let user = '';
let token = '';
let emit: (event: PaneEvent) => void = () => {};
const lastPrice = new Map<string, number>();

async function signIn(samesite: string): Promise<void> {
  const answer = await fetch(`/login?samesite=${samesite}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user: 'alice', password: 'alice-demo' }),
  });
  if (!answer.ok) throw new Error(`sign-in: ${answer.status}`);
  ({ user, token } = (await answer.json()) as { user: string; token: string });
  byID('user').textContent = user;
}

function send(message: Message): void {
  link?.send(message);
}

function receive(data: Server): void {
  switch (data.type) {
    case 'welcome':
      show('connected', 'open');
      for (const symbol of symbols) send({ type: 'subscribe', channel: `prices:${symbol}` });
      send({ type: 'subscribe', channel: `orders:${user}` });
      send({ type: 'get_orders' });
      emit({ kind: 'open' });
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
      emit({ kind: 'order', userId: data.userId });
      break;
    case 'chat':
      showChat(data);
      break;
  }
}

function showChat({ user: from, message }: Server): void {
  const chat = byID('chat');
  // FLAW WS601: what somebody typed becomes markup of this page.
  chat.insertAdjacentHTML('beforeend', `<p><strong>${from}</strong> ${message}</p>`);
  while (chat.children.length > 20) chat.firstElementChild?.remove();
  chat.scrollTop = chat.scrollHeight;
  emit({ kind: 'chat', text: chat.lastElementChild?.textContent ?? '' });
}

function show(text: string, state: string): void {
  byID('status').textContent = text;
  byID('status').className = state;
}

function showPrice({ symbol, price }: Server): void {
  const change = price - (lastPrice.get(symbol) ?? price);
  lastPrice.set(symbol, price);
  const cell = byID(`price-${symbol}`);
  cell.textContent = price.toFixed(2);
  cell.className = change < 0 ? 'down' : 'up';
}

function showOrder({ id, userId, symbol, quantity, price }: Server): void {
  const orders = byID('orders');
  document.getElementById(`order-${id}`)?.remove(); // it may come by the list and by the channel
  orders.prepend(h('li', { id: `order-${id}` }, h('span', {}, `#${id} ${userId}`), h('span', {}, `${quantity} ${symbol} at ${price.toFixed(2)}`)));
  while (orders.children.length > ordersShown) orders.lastElementChild?.remove();
  byID('no-orders').hidden = true;
}

function order(): void {
  const symbol = byID<HTMLSelectElement>('symbol').value;
  send({ type: 'place_order', userId: user, symbol, quantity: Number(byID<HTMLInputElement>('quantity').value), price: lastPrice.get(symbol) ?? 100 });
}

/** Tells when somebody else's script has left its mark on this page. */
function watch(): void {
  new MutationObserver(() => {
    const by = document.body.dataset['owned'];
    byID('owned').hidden = by === undefined;
    if (by !== undefined) emit({ kind: 'owned', as: by });
  }).observe(document.body, { attributeFilter: ['data-owned'] });
}

/** Forgets what an attack left behind. */
function clean(): void {
  byID('chat').replaceChildren();
  delete document.body.dataset['owned'];
}

async function start(): Promise<void> {
  const site = await loadSite();
  const side = location.origin === site.guarded.page ? site.guarded : site.unguarded;
  watch();
  byID('order').addEventListener('submit', (event) => {
    event.preventDefault();
    order();
  });
  byID('say').addEventListener('submit', (event) => {
    event.preventDefault();
    const field = byID<HTMLInputElement>('text');
    send({ type: 'chat', username: user, text: field.value });
    field.value = '';
  });
  await signIn('lax'); // as the platform hands its cookie out
  emit = serveParent<PaneEvent>(site.page, {
    trade: async () => { send({ type: 'place_order', userId: user, symbol: 'MSFT', quantity: 2, price: lastPrice.get('MSFT') ?? 400 }); },
    signIn: ({ samesite }: { samesite: string }) => signIn(samesite),
    clean: async () => { clean(); },
  });
  const connect = side.ticket === undefined ? connectBare : connectGuarded;
  link = connect(side, { token: () => token, received: (message) => receive(message as unknown as Server), shows: show });
}

start().catch((err: Error) => show(err.message, 'failed'));
