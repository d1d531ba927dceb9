import { WebSocketServer } from "ws";

const wss = new WebSocketServer({ port: 8080, verifyClient: ({ origin }) => origin === "https://example.com" });

wss.on("connection", async (ws, req) => {
  ws.on("message", (data) => {
    const { type, ...rest } = JSON.parse(data);
    db.query(`SELECT * FROM t WHERE id = ${rest.id}`);
    wss.clients?.forEach((c) => c !== ws && c.send(data)); // everyone
  });
});
