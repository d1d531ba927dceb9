// A Socket.IO server: it echoes orders, tells profiles, and takes files.
import { Server } from "socket.io";
import { listen } from "../peer.mjs";

const io = new Server(listen(), { transports: ["polling", "websocket"] });
const profile = { name: "Alice", email: "a@example.com", passwordHash: "x" };

function serve(socket) {
  socket.emit("welcome", { room: socket.nsp.name, auth: socket.handshake.auth });
  socket.on("order", (order, ack) => ack?.({ accepted: order }));
  socket.on("profile", () => socket.emit("profile", profile));
  socket.on("file", (meta, data, ack) => ack({ name: meta.name, bytes: data.length, data }));
  socket.on("ask", (ack) => socket.timeout(20_000).emit("question", { n: 2 }, (error, answer) => ack({ answer })));
  socket.on("pay", (payment, ack) => ack?.({ paid: payment }));
}
io.on("connection", serve);
io.of("/admin").on("connection", serve);
io.of("/trading").on("connection", serve);
