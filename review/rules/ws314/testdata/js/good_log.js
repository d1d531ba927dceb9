const { WebSocketServer } = require('ws');
const logger = require('pino')();
const wss = new WebSocketServer({ port: 8080 });

wss.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const msg = JSON.parse(data);
    console.log('action %j', JSON.stringify(msg.action));
    logger.info({ action: msg.action }, 'received');
    console.log('count ' + Number(msg.count));
  });
});
