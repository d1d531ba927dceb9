wss.on("connection", (ws) => {
  ws.on("message", (m) => { ... });
  ws.send("hello";
});
const after = 1;
