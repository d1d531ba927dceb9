import { io } from "socket.io-client";
import { origin, report, target, ticket, within } from "../peer.mjs";

const options = { transports: ["websocket"], extraHeaders: { origin }, reconnection: false, forceNew: true };
const seen = {};

async function open(namespace, more = {}) {
  const protocols = ["wswarden.v1", "wst." + (await ticket("/socket.io"))];
  const socket = io(target() + namespace, { ...options, protocols, ...more });
  const welcome = new Promise((resolve, reject) => {
    socket.on("welcome", resolve);
    socket.on("connect_error", (error) => reject(error));
  });
  return { socket, welcome: within("welcome", welcome) };
}
const next = (socket, event) => within(event, new Promise((resolve) => socket.once(event, resolve)));
const ask = (socket, ...args) => socket.timeout(20_000).emitWithAck(...args);

const { socket, welcome } = await open("/", { auth: { device: "d1" } });
seen.welcome = await welcome;
seen.accepted = await ask(socket, "order", { quantity: 1, userId: "mallory" });
seen.refusedAck = await ask(socket, "order", { quantity: "many" });
const refusedEvent = next(socket, "error");
socket.emit("order", { quantity: "many" });
seen.refusedEvent = await refusedEvent;
seen.unknown = await ask(socket, "deleteEverything", {});

const profile = next(socket, "profile");
socket.emit("profile");
seen.profile = await profile;

const file = await ask(socket, "file", { name: "a.bin" }, Buffer.from([0, 1, 2, 0xff]));
seen.file = { name: file.name, bytes: file.bytes, data: [...file.data] };

socket.on("question", ({ n }, ack) => ack(n + 1));
seen.asked = await ask(socket, "ask");

const second = await open("/trading");
seen.namespace = (await second.welcome).room;
seen.after = await ask(second.socket, "order", { quantity: 2 });

seen.forbidden = await (await open("/admin")).welcome.then(() => "connected", (error) => ({ message: error.message, data: error.data }));

seen.polling = await new Promise((resolve) => {
  const polled = io(target(), { ...options, transports: ["polling"] });
  polled.on("connect", () => resolve("connected"));
  polled.on("connect_error", (error) => resolve(error.message));
});
report(seen);
