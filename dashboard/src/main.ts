// The dashboard: what the guard tells over its own WebSocket, on one page.
import 'uplot/dist/uPlot.min.css';
import { Connections } from './connections.ts';
import { byId, setText } from './dom.ts';
import { type Link, openFeed } from './feed.ts';
import { age } from './format.ts';
import type { Incoming } from './protocol.ts';
import { Refusals } from './refusals.ts';
import { Settings } from './settings.ts';
import { SignIn } from './signin.ts';
import { merge, type State } from './state.ts';
import { Status } from './status.ts';
import { Sessions } from './sums.ts';
import { Tiles } from './tiles.ts';
import { forgetToken } from './token.ts';
import { Traffic } from './traffic.ts';

let state: State | undefined;

const connections = new Connections((view) => feed.look(view));
const traffic = new Traffic((route) => connections.showRoute(route));
const refusals = new Refusals();
const sessions = new Sessions();
const settings = new Settings();
const tiles = new Tiles();
const status = new Status(() => feed.connect());
const signIn = new SignIn(() => feed.connect());
const feed = openFeed(() => connections.view, receive, linked);

function receive(message: Incoming): void {
  const merged = merge(state, message);
  state = merged.state;
  if (!state) return;
  const { changes } = merged;
  if (message.type === 'hello') settings.forget();
  show('content');
  if (changes.now) {
    const { now } = state;
    status.now(now);
    traffic.now(now.routes);
    connections.now(now.routes, now.at);
    sessions.render(now);
    void settings.revision(now.revision);
    setText(byId('foot'), `wswarden ${state.version || 'of an unknown version'}, up for ${age(now.at - state.started)}`);
  }
  if (changes.refusals) refusals.render(state);
  if (changes.samples) traffic.samples(state);
  if (changes.now) tiles.render(state);
  if (changes.page) connections.render(state.page);
}

function linked(link: Link): void {
  status.link(link, state !== undefined);
  if (link.name === 'signed-out') {
    state = undefined; // nothing stays on the screen of who is not signed in
    signIn.show(forgetToken());
    show('signin');
  } else if (link.name === 'open' || (link.name === 'connecting' && !state)) {
    if (link.name === 'open') signIn.hide();
  } else if (!state) {
    signIn.hide();
    show('loading');
  }
}

/** Shows one of the parts of the page. */
function show(part: 'loading' | 'signin' | 'content'): void {
  for (const id of ['loading', 'content']) byId(id).hidden = id !== part;
  if (part !== 'signin') signIn.hide();
}
