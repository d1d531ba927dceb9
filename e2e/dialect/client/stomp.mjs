import { Client } from "@stomp/stompjs";
import { Browser, report, socketURL, within } from "../peer.mjs";

const seen = {};

// connect opens one connection: after an ERROR frame there is no other use for it.
function connect() {
  const session = { errors: [] };
  const connected = new Promise((resolve, reject) => {
    session.client = new Client({
      beforeConnect: async () => { session.url = await socketURL("/ws"); },
      webSocketFactory: () => new Browser(session.url, ["v12.stomp"]),
      connectHeaders: { login: "guest", passcode: "guest" },
      reconnectDelay: 0, heartbeatIncoming: 1000, heartbeatOutgoing: 1000,
      onConnect: resolve,
      onWebSocketError: (event) => reject(new Error(event.message)),
      onStompError: (frame) => {
        session.errors.push({ message: frame.headers.message, receipt: frame.headers["receipt-id"] ?? null, body: frame.body });
        session.failed?.();
      },
      onWebSocketClose: (event) => {
        session.code = event.code;
        session.ended?.();
      },
    });
    session.client.activate();
  });
  session.gone = new Promise((resolve) => { session.ended = resolve; });
  return within("CONNECTED", connected).then(() => session);
}

function subscription(session, destination, headers = {}) {
  const waiting = [];
  const messages = [];
  session.client.subscribe(destination, (m) => {
    const message = { body: m.body, headers: m.headers };
    const next = waiting.shift();
    next ? next(message) : messages.push(message);
  }, headers);
  return () => messages.length ? messages.shift() : within(destination, new Promise((resolve) => waiting.push(resolve)));
}

const receipt = (session, id) => within(id, new Promise((resolve) => session.client.watchForReceipt(id, () => resolve(true))));

// fail publishes something that is refused, and tells how.
async function fail(frame, subscribe) {
  const session = await connect();
  subscribe ? session.client.subscribe(subscribe, () => {}) : session.client.publish(frame);
  await within("the end", session.gone);
  return { ...session.errors[0], code: session.code };
}

const session = await connect();
const orders = subscription(session, "/topic/orders");
const done = receipt(session, "r1");
session.client.publish({ destination: "/topic/orders", headers: { receipt: "r1", "content-type": "application/json" }, body: JSON.stringify({ quantity: 1, userId: "mallory", note: "é" }) });
seen.accepted = JSON.parse((await orders()).body);
seen.receipt = await done;

const odd = receipt(session, "r2");
session.client.publish({ destination: "/topic/text", headers: { receipt: "r2", note: "a:b\nc\\d" }, body: "plain" });
seen.text = await odd;

const profiles = subscription(session, "/topic/profile");
session.client.publish({ destination: "/topic/profile", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: "Alice", secret: "x" }) });
seen.profile = JSON.parse((await profiles()).body);

const binary = subscription(session, "/topic/bytes");
session.client.publish({ destination: "/topic/bytes", binaryBody: new Uint8Array([65, 0, 66]) });
seen.bytes = (await binary()).body.length;

// Heart-beats of a second in both directions: the connection outlives several.
await new Promise((resolve) => setTimeout(resolve, 3500));
seen.alive = session.client.connected;

seen.refused = await fail({ destination: "/topic/orders", headers: { receipt: "r9", "content-type": "application/json" }, body: JSON.stringify({ quantity: "many" }) });
seen.unknown = await fail({ destination: "/queue/admin", body: "x" });
seen.forbidden = await fail(null, "/topic/secret");
const after = receipt(session, "bye");
session.client.publish({ destination: "/topic/text", headers: { receipt: "bye" }, body: "still" });
seen.after = await after;
await session.client.deactivate();
report(seen);
