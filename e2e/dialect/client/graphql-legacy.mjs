import transport from "subscriptions-transport-ws";
import { Browser, report, socketURL, within } from "../peer.mjs";

const seen = {};
const client = new transport.SubscriptionClient(await socketURL("/legacy"), { reconnect: false }, Browser);

function run(payload) {
  return within(payload.query, new Promise((resolve) => {
    const results = [];
    client.request(payload).subscribe({
      next: (result) => results.push(result.errors ? { errors: result.errors } : result.data),
      error: (error) => resolve({ error: error.message }),
      complete: () => resolve(results),
    });
  }));
}

const order = "mutation Order($quantity: Int!, $userId: String) { order(quantity: $quantity, userId: $userId) }";
seen.query = await run({ query: "query Hello { hello }" });
seen.accepted = await run({ query: order, variables: { quantity: 1, userId: "mallory" } });
seen.refused = await run({ query: order, variables: { quantity: "many" } });
seen.subscription = await run({ query: "subscription Ticks { ticks(to: 3) }" });
report(seen);
