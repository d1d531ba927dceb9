import { Socket } from "phoenix";
import { Browser, report, target, ticket, within } from "../peer.mjs";

globalThis.window ??= globalThis;

// run is the same conversation for both serializers.
async function run(vsn) {
  const seen = {};
  const options = { params: { ticket: await ticket("/socket/websocket") }, transport: Browser, vsn, heartbeatIntervalMs: 1000, timeout: 20_000 };
  if (vsn === "1.0.0") { // as clients before Phoenix 1.4 did
    options.encode = (message, done) => done(JSON.stringify(message));
    options.decode = (data, done) => done(JSON.parse(data));
  }
  const socket = new Socket(target().replace(/^http/, "ws") + "/socket", options);
  socket.connect();
  const answer = (push) => within("a reply", new Promise((resolve) => {
    push.receive("ok", (ok) => resolve({ ok })).receive("error", (error) => resolve({ error })).receive("timeout", () => resolve("timeout"));
  }));

  const room = socket.channel("room:1", { device: "d1" });
  const profile = new Promise((resolve) => room.on("profile", resolve));
  seen.join = await answer(room.join());
  seen.profile = await within("profile", profile);
  seen.accepted = await answer(room.push("order", { quantity: 1, userId: "mallory" }));
  seen.refused = await answer(room.push("order", { quantity: "many" }));
  seen.unknown = await answer(room.push("drop", {}));
  const secret = socket.channel("secret:1", {});
  seen.forbidden = await answer(secret.join());
  secret.leave();
  if (vsn !== "1.0.0") seen.binary = await answer(room.push("file", new Uint8Array([1, 2, 3]).buffer));
  seen.leave = await answer(room.leave());
  const again = socket.channel("room:2", {});
  seen.again = (await answer(again.join())).ok?.joined;
  await new Promise((resolve) => setTimeout(resolve, 2500)); // several heartbeats
  seen.alive = socket.isConnected();
  socket.disconnect();
  return seen;
}

report({ v2: await run("2.0.0"), v1: await run("1.0.0") });
