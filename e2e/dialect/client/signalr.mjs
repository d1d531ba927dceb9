import { HttpTransportType, HubConnectionBuilder, LogLevel, Subject } from "@microsoft/signalr";
import { Browser, report, socketURL, within } from "../peer.mjs";

const seen = {};

// hub connects without the negotiation, which is plain HTTP.
async function hub(protocol) {
  const builder = new HubConnectionBuilder()
    .withUrl((await socketURL("/hub")).replace(/^ws/, "http"), { skipNegotiation: true, transport: HttpTransportType.WebSockets, WebSocket: Browser })
    .configureLogging(LogLevel.None);
  return (protocol ? builder.withHubProtocol(protocol) : builder).build();
}

const refusal = (promise) => within("a refusal", promise.then((result) => ({ result }), (error) => ({ error: error.message })));

const connection = await hub();
connection.keepAliveIntervalInMilliseconds = 200;
const profile = new Promise((resolve) => connection.on("profile", resolve));
await within("the handshake", connection.start());

seen.accepted = await connection.invoke("Order", { quantity: 1, userId: "mallory" });
seen.refused = await refusal(connection.invoke("Order", { quantity: "many" }));
seen.unknown = await refusal(connection.invoke("DropTables"));
seen.two = await connection.invoke("Add", 1, 2);

await connection.send("Profile");
seen.profile = await within("profile", profile);

const stream = (name, ...args) => within(name, new Promise((resolve) => {
  const items = [];
  connection.stream(name, ...args).subscribe({
    next: (item) => items.push(item),
    complete: () => resolve({ items }),
    error: (error) => resolve({ items, error: error.message }),
  });
}));
seen.stream = await stream("Count", 3);
seen.refusedStream = await stream("Count", "all");

const upload = new Subject();
const uploaded = connection.invoke("Upload", "sum", upload);
[1, 2, 3].forEach((n) => upload.next(n));
upload.complete();
seen.upload = await within("Upload", uploaded);

await connection.send("Order", { quantity: "many" }); // nobody waits for an answer, and none comes
seen.after = await connection.invoke("Order", { quantity: 2 });
await connection.stop();

// A client of another protocol is told so by the handshake.
const packed = { name: "messagepack", version: 2, transferFormat: 1, parseMessages: () => [], writeMessage: () => "" };
seen.packed = await refusal((await hub(packed)).start());
report(seen);
