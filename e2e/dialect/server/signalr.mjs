// A hub in the JSON protocol of ASP.NET Core SignalR, as far as the tests use
// it: written from its HubProtocol.md, because no server for it is to be had
// without .NET.
import { WebSocketServer } from "ws";
import { listen } from "../peer.mjs";

const separator = "\x1e";
const type = { invocation: 1, item: 2, completion: 3, streamInvocation: 4, cancel: 5, ping: 6, close: 7 };

const methods = {
  Order: (_, order) => `${order.quantity} for ${order.userId ?? "nobody"}`,
  Profile: (connection) => connection.send({ type: type.invocation, target: "profile", arguments: [{ name: "Alice", secret: "x" }] }),
  Upload: (_, name, items) => items.then((all) => `${name}: ${all.join("+")}`),
  Add: (_, a, b) => a + b,
  Pay: () => "paid",
};

class Connection {
  #streams = new Map();
  constructor(ws) {
    this.ws = ws;
    ws.on("message", (data, binary) => {
      if (binary) return ws.close(1003);
      const records = data.toString().split(separator);
      if (records.pop() !== "") return ws.close(1002);
      records.forEach((record) => this.#take(JSON.parse(record)));
    });
  }
  send(message) {
    this.ws.send(JSON.stringify(message) + separator);
  }
  #take(message) {
    if (!this.greeted) {
      this.greeted = true;
      const known = message.protocol === "json" && message.version <= 2;
      return this.send(known ? {} : { error: `The protocol '${message.protocol}' is not supported.` });
    }
    switch (message.type) {
      case type.invocation: return this.#invoke(message);
      case type.streamInvocation: return this.#stream(message);
      case type.item: return this.#streams.get(message.invocationId)?.items.push(message.item);
      case type.completion: return this.#streams.get(message.invocationId)?.done();
      case type.cancel: return this.#streams.get(message.invocationId)?.cancel();
    }
  }
  async #invoke({ invocationId, target, arguments: args, streamIds = [] }) {
    const uploads = streamIds.map((id) => new Promise((resolve) => {
      const items = [];
      this.#streams.set(id, { items, done: () => resolve(items) });
    }));
    try {
      const result = await methods[target](this, ...args, ...uploads);
      if (invocationId) this.send({ type: type.completion, invocationId, result: result ?? null });
    } catch (error) {
      if (invocationId) this.send({ type: type.completion, invocationId, error: error.message });
    }
  }
  async #stream({ invocationId, arguments: [to] }) {
    let cancelled = false;
    this.#streams.set(invocationId, { cancel: () => { cancelled = true; } });
    for (let n = 1; n <= to && !cancelled; n++) {
      this.send({ type: type.item, invocationId, item: n });
      await new Promise(setImmediate);
    }
    this.send({ type: type.completion, invocationId });
  }
}

new WebSocketServer({ server: listen() }).on("connection", (ws) => new Connection(ws));
