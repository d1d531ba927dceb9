const { readFileSync } = require('fs');
const WebSocket = require('ws');

const ws = new WebSocket('wss://prices.internal.example/ws', {
  ca: readFileSync('/etc/ssl/internal-ca.pem'),
});

const strict = new WebSocket('wss://prices.example.com/ws', { rejectUnauthorized: true });

// Not a WebSocket: another tool's business.
const https = require('https');
const agent = new https.Agent({ rejectUnauthorized: false });

module.exports = { ws, strict, agent };
