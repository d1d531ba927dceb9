// A Phoenix endpoint with one kind of channel, in the serializers of version 1
// and 2, as far as the tests use it: written from Phoenix's own
// Phoenix.Socket.V1 and V2, because Phoenix itself comes from a registry that
// the tests do not use.
import { WebSocketServer } from "ws";
import { listen } from "../peer.mjs";

const v1 = {
  decode: (m) => [m.join_ref ?? null, m.ref, m.topic, m.event, m.payload],
  encode: ([, ref, topic, event, payload]) => ({ topic, event, payload, ref }),
};
const v2 = { decode: (m) => m, encode: (m) => m };

// unpack reads a binary push: kind, four lengths, then the parts.
function unpack(data) {
  const [, join, ref, topic, event] = data;
  let at = 5;
  const part = (n) => data.subarray(at, (at += n)).toString();
  return [part(join), part(ref), part(topic), part(event), data.subarray(at)];
}

new WebSocketServer({ server: listen() }).on("connection", (ws, request) => {
  const { encode, decode } = new URL(request.url, "http://x").searchParams.get("vsn") === "1.0.0" ? v1 : v2;
  const joined = new Set();
  const send = (...message) => ws.send(JSON.stringify(encode(message)));
  const reply = (join, ref, topic, status, response) => send(join, ref, topic, "phx_reply", { status, response });

  ws.on("message", (data, binary) => {
    const [join, ref, topic, event, payload] = binary ? unpack(data) : decode(JSON.parse(data));
    if (topic === "phoenix" && event === "heartbeat") return reply(null, ref, topic, "ok", {});
    if (event === "phx_join") {
      joined.add(topic);
      reply(join ?? ref, ref, topic, "ok", { joined: topic, with: payload });
      return send(join, null, topic, "profile", { name: "Alice", secret: "x" });
    }
    if (!joined.has(topic)) return reply(join, ref, topic, "error", { reason: "unmatched topic" });
    if (event === "phx_leave") {
      joined.delete(topic);
      return reply(join, ref, topic, "ok", {});
    }
    if (binary) return reply(join, ref, topic, "ok", { bytes: payload.length });
    reply(join, ref, topic, "ok", { accepted: payload });
  });
});
