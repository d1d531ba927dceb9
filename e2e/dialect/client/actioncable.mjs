import { Browser, report, socketURL, within } from "../peer.mjs";

// The client is written for pages.
globalThis.self = globalThis;
globalThis.window = globalThis;
globalThis.document = { visibilityState: "visible", head: { querySelector: () => null }, createElement: () => ({}) };
globalThis.addEventListener ??= () => {};
globalThis.removeEventListener ??= () => {};
const { adapters, createConsumer } = await import("@rails/actioncable");
adapters.WebSocket = Browser;

const seen = {};
const consumer = createConsumer(await socketURL("/cable"));

function subscribe(identifier) {
  const waiting = [];
  const messages = [];
  const channel = { next: () => (messages.length ? messages.shift() : within("a message", new Promise((resolve) => waiting.push(resolve)))) };
  channel.state = within("an answer", new Promise((resolve) => {
    channel.subscription = consumer.subscriptions.create(identifier, {
      connected: () => resolve("connected"),
      rejected: () => resolve("rejected"),
      received: (data) => (waiting.length ? waiting.shift()(data) : messages.push(data)),
    });
  }));
  return channel;
}

const orders = subscribe({ channel: "OrdersChannel", room: "1" });
seen.state = await orders.state;
seen.welcome = await orders.next();
orders.subscription.perform("place", { quantity: 1, userId: "mallory" });
seen.accepted = await orders.next();
orders.subscription.perform("place", { quantity: "many" });
seen.refused = await orders.next();
orders.subscription.perform("destroy_all", {});
seen.unknown = await orders.next();
orders.subscription.perform("profile");
seen.profile = await orders.next();
seen.closed = await subscribe({ channel: "OrdersChannel", room: "closed" }).state;
seen.forbidden = await subscribe({ channel: "SecretChannel" }).state;
orders.subscription.perform("place", { quantity: 2 });
seen.after = await orders.next();
orders.subscription.unsubscribe();
consumer.disconnect();
report(seen);
