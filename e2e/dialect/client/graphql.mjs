import { createClient } from "graphql-ws";
import { Browser, report, socketURL, within } from "../peer.mjs";

const seen = {};
const client = createClient({ url: () => socketURL("/graphql"), webSocketImpl: Browser, retryAttempts: 0, lazyCloseTimeout: 5000 });
let closed;
client.on("closed", (event) => { closed = { code: event.code, reason: event.reason }; });

// run returns all results of an operation, or the errors it was refused with.
function run(payload, most = Infinity) {
  return within(payload.query, new Promise((resolve) => {
    const results = [];
    const stop = client.subscribe(payload, {
      next: (result) => {
        if (results.length === most) return; // was under way when it was stopped
        if (results.push(result.data) === most) stop();
      },
      error: (errors) => resolve({ errors }),
      complete: () => resolve(results),
    });
  }));
}

const order = "mutation Order($quantity: Int!, $userId: String) { order(quantity: $quantity, userId: $userId) }";
seen.query = await run({ query: "query Hello { hello }" });
seen.accepted = await run({ operationName: "Order", query: order, variables: { quantity: 1, userId: "mallory" } });
seen.refused = await run({ query: order, variables: { quantity: "many" } });
seen.unknown = await run({ query: "mutation Other { order(quantity: 1) }" });
seen.anonymous = await run({ query: "{ profile { name } }" });
seen.profile = await run({ query: "query Profile { profile { name email secret } }" });
seen.subscription = await run({ query: "subscription Ticks { ticks(to: 3) }" });
seen.stopped = await run({ query: "subscription Forever { forever }" }, 2);

// Live operations are capped.
const stops = [];
for (let n = 0; n < 3; n++) {
  stops.push(client.subscribe({ query: "subscription Forever { forever }" }, { next() {}, error() {}, complete() {} }));
}
seen.capped = await run({ query: "subscription Forever { forever }" });
stops.forEach((stop) => stop());
seen.after = await run({ query: "query Hello { hello }" });
seen.closed = closed ?? null;
report(seen);
