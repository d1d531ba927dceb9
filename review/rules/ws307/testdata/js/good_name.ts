const { WebSocketServer } = require('ws');
const fs = require('fs');
const path = require('path');
const { z } = require('zod');
const Get = z.object({ id: z.string().uuid() });
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    ws.send(fs.readFileSync(path.join('uploads', path.basename(msg.name)), 'utf8'));
    const { id } = Get.parse(msg);
    ws.send(fs.readFileSync(`uploads/${id}`, 'utf8'));
    ws.send(fs.readFileSync('uploads/' + Number(msg.n), 'utf8'));
  });
});
