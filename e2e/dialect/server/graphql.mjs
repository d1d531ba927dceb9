// A GraphQL server over both sub-protocols, on /graphql and /legacy.
import { buildSchema, execute, parse, subscribe, validate } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import transport from "subscriptions-transport-ws";
import { WebSocketServer } from "ws";
import { listen } from "../peer.mjs";

const schema = buildSchema(`
  type Profile { name: String, email: String, secret: String }
  type Query { hello: String, profile: Profile }
  type Mutation { order(quantity: Int!, userId: String): String }
  type Subscription { ticks(to: Int!): Int, forever: Int }
`);
const rootValue = {
  hello: "world",
  profile: { name: "Alice", email: "a@example.com", secret: "x" },
  order: ({ quantity, userId }) => `${quantity} for ${userId ?? "nobody"}`,
  ticks: async function* ({ to }) {
    for (let n = 1; n <= to; n++) yield { ticks: n };
  },
  forever: async function* () {
    for (let n = 1; ; n++) {
      yield { forever: n };
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },
};

const server = listen();
const modern = new WebSocketServer({ noServer: true, handleProtocols: () => "graphql-transport-ws" });
const legacy = new WebSocketServer({ noServer: true, handleProtocols: () => "graphql-ws" });
useServer({ schema, roots: { query: rootValue, mutation: rootValue, subscription: rootValue } }, modern);
transport.SubscriptionServer.create({ schema, rootValue, execute, subscribe, validate, parse }, legacy);
server.on("upgrade", (request, socket, head) => {
  const wss = request.url.startsWith("/legacy") ? legacy : modern;
  wss.handleUpgrade(request, socket, head, (ws) => wss.emit("connection", ws, request));
});
