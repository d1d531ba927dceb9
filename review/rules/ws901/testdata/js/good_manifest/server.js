// A range says little; the lock file says what runs.
const { WebSocketServer } = require('ws');
new WebSocketServer({ port: 8080 });
