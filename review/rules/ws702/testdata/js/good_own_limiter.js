const { Server } = require('socket.io');
const bcrypt = require('bcrypt');
const users = require('./users');

class Limiter {
  constructor(bucket) {
    this.bucket = bucket;
  }

  async pass() {
    const left = await this.bucket.removeTokens(1);
    return !(left < 0);
  }
}

const io = new Server(3000);
const loginLimiter = new Limiter(require('./bucket'));

io.on('connection', (socket) => {
  socket.on('login', async (msg, done) => {
    if (!await loginLimiter.pass()) return done({ ok: false });
    const user = await users.byName(msg.name);
    done({ ok: await bcrypt.compare(msg.password, user.hash) });
  });
});
