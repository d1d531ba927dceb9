// Reads texts, one JSON string a line, with the parser that servers use, and says
// what each is: one line of JSON, null for what the parser refuses.
import { createInterface } from "node:readline";
import { parse } from "graphql";
import { Decoder } from "socket.io-parser";

// graphql returns the operations of a document with the fields at their root.
function graphql(text) {
  const document = parse(text);
  const fragments = new Map(document.definitions.filter((d) => d.kind === "FragmentDefinition").map((d) => [d.name.value, d]));
  const fields = (set, seen, out) => {
    for (const s of set.selections) {
      if (s.kind === "Field") out.add(s.name.value);
      else if (s.kind === "InlineFragment") fields(s.selectionSet, seen, out);
      else if (!seen.has(s.name.value) && seen.add(s.name.value)) fields(fragments.get(s.name.value).selectionSet, seen, out);
    }
    return out;
  };
  return document.definitions.filter((d) => d.kind === "OperationDefinition")
    .map((d) => ({ kind: d.operation, name: d.name?.value ?? "", fields: [...fields(d.selectionSet, new Set(), new Set())].sort() }));
}

// socketio returns what a packet is, without what Engine.IO puts before it.
function socketio(text) {
  let packet;
  const decoder = new Decoder();
  decoder.on("decoded", (p) => { packet = p; });
  decoder.add(text.slice(1));
  packet ??= decoder.reconstructor?.reconPack; // waits for attachments
  return { type: packet.type, nsp: packet.nsp, id: packet.id ?? null, event: packet.data?.[0] ?? null, attachments: packet.attachments ?? 0 };
}

const read = { graphql, socketio }[process.argv[2]];
for await (const line of createInterface({ input: process.stdin })) {
  let answer = null;
  try {
    answer = read(JSON.parse(line));
  } catch { /* refused */ }
  console.log(JSON.stringify(answer));
}
