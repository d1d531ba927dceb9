const { WebSocketServer } = require('ws');

class Session {
  constructor(ws) {
    this.ws = ws;
    ws.on('message', (data) => this.receive(JSON.parse(data)));
  }

  receive(msg) {
    this[msg.action](msg); // want `chooses which function this.msg.action. calls`
  }

  chat(msg) { this.ws.send(msg.text); }

  resetPassword(msg) { accounts.reset(msg.user); }
}

const wss = new WebSocketServer({ port: 8080 });
wss.on('connection', (ws) => new Session(ws));
