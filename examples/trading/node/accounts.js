'use strict';

// Accounts, sessions and tokens: the part of the platform that is not flawed,
// but for what signOut does not reach.

const crypto = require('node:crypto');
const platform = require('../platform.json');

const SESSION_SECONDS = 8 * 60 * 60;
const TOKEN_SECONDS = 15 * 60;

const seconds = () => Math.floor(Date.now() / 1000);
const digest = (text) => crypto.createHash('sha256').update(text).digest();
const mac = (text, secret) => crypto.createHmac('sha256', secret).update(text).digest();
const encodePart = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

class Accounts {
  #secret;
  #accounts = new Map(platform.accounts.map((a) => [a.user, a]));
  #byCookie = new Map(); // the secret value of the cookie -> session
  #byID = new Map(); // the public id -> session

  constructor(secret) {
    this.#secret = secret || platform.demo_secret;
  }

  /** Starts a session, or returns null when user and password do not match. */
  signIn(user, password) {
    const account = this.#accounts.get(user);
    const right = crypto.timingSafeEqual(digest(password), digest(account ? account.password : ''));
    if (!account || !right) return null;
    for (const old of this.#byID.values()) {
      if (old.expires <= seconds()) this.#forget(old);
    }
    const session = {
      id: crypto.randomBytes(8).toString('hex'),
      cookie: crypto.randomBytes(32).toString('hex'),
      user,
      expires: seconds() + SESSION_SECONDS,
    };
    this.#byCookie.set(session.cookie, session);
    this.#byID.set(session.id, session);
    return session;
  }

  /**
   * Ends the session with this public id.
   * FLAW WS206: no open connection hears of it. FLAW WS205: none looks again.
   */
  signOut(id) {
    const session = this.#byID.get(id);
    if (session) this.#forget(session);
  }

  #forget(session) {
    this.#byCookie.delete(session.cookie);
    this.#byID.delete(session.id);
  }

  /** Returns a token, valid for 15 minutes and no longer than the session. */
  issueToken(session) {
    const claims = {
      iss: platform.issuer,
      aud: platform.audience,
      ...this.#claimsOf(session),
      jti: crypto.randomBytes(8).toString('hex'),
      iat: seconds(),
      exp: Math.min(session.expires, seconds() + TOKEN_SECONDS),
    };
    const text = `${encodePart({ alg: 'HS256', typ: 'JWT' })}.${encodePart(claims)}`;
    return `${text}.${mac(text, this.#secret).toString('base64url')}`;
  }

  #claimsOf(session) {
    const { user, name, roles } = this.#accounts.get(session.user);
    return { sub: user, name, roles, sid: session.id, exp: session.expires };
  }

  /** Who sends the request, by Authorization or else its cookie, or null. */
  fromHeaders(headers) {
    if (headers.authorization) {
      const match = /^bearer (.*)$/i.exec(headers.authorization);
      return match ? this.fromToken(match[1]) : null;
    }
    const cookie = /(?:^|;)\s*session=([^;\s]*)/.exec(headers.cookie || '');
    return cookie ? this.#fromCookie(cookie[1]) : null;
  }

  #fromCookie(value) {
    const session = this.#byCookie.get(value);
    return session && seconds() < session.expires ? this.#claimsOf(session) : null;
  }

  /** Verifies the token and that its session still lives, or returns null. */
  fromToken(token) {
    const claims = this.#verify(token);
    if (!claims || claims.iss !== platform.issuer || claims.aud !== platform.audience) return null;
    if (!(seconds() < claims.exp)) return null;
    const session = this.#byID.get(claims.sid);
    if (!session || session.user !== claims.sub) return null;
    const { sub, name, roles, sid, jti, exp } = claims;
    return { sub, name, roles, sid, jti, exp };
  }

  #verify(token) {
    const parts = token.split('.');
    if (parts.length !== 3) return null;
    try {
      // The algorithm is ours to choose, not the token's: "none" and all
      // others are refused (RFC 8725, section 3.1).
      if (JSON.parse(Buffer.from(parts[0], 'base64url')).alg !== 'HS256') return null;
      const want = mac(`${parts[0]}.${parts[1]}`, this.#secret);
      const given = Buffer.from(parts[2], 'base64url');
      if (given.length !== want.length || !crypto.timingSafeEqual(given, want)) return null;
      return JSON.parse(Buffer.from(parts[1], 'base64url'));
    } catch {
      return null;
    }
  }
}

module.exports = { Accounts };
