// What the clients and servers of this folder share.
import { createServer } from "node:http";
import WebSocket from "ws";

export const patience = 30_000;

// listen starts an HTTP server on loopback and says where, on a line of its own.
export function listen(server = createServer()) {
  server.listen(0, "127.0.0.1", () => console.log(`listening ${server.address().port}`));
  return server;
}

// target is the address of the gateway, the client's one argument.
export function target() {
  return process.argv[2];
}

// origin is the page that the clients pretend to come from.
export const origin = "https://app.example.com";

// Browser is a WebSocket that says where it comes from, as browsers do.
export class Browser extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols ?? [], { origin });
  }
}

// ticket asks for one for a route; each opens one connection.
export async function ticket(route) {
  const answer = await fetch(`${target()}${route}/ticket`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.TOKEN}`, origin, "content-type": "application/json" },
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()).ticket;
}

// socketURL is the address of a route, with a ticket.
export async function socketURL(route) {
  return `${target().replace(/^http/, "ws")}${route}?ticket=${await ticket(route)}`;
}

// within fails for a promise that is not settled in time.
export function within(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// report prints what the client saw and ends it.
export function report(seen) {
  process.stdout.write(JSON.stringify(seen) + "\n", () => process.exit(0));
}

process.on("unhandledRejection", (error) => {
  console.error(error);
  process.exit(1);
});
