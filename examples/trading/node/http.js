'use strict';

// The HTTP side of the platform: sign-in and the page.

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const PAGE = path.join(__dirname, '..', 'page');
const LOGIN_BYTES = 4096; // bound of the body of POST /login
const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
};

// SameSite=Lax keeps the cookie from the sockets of foreign sites, but not from
// those of other ports and sibling hosts, which are the same site.
const sessionCookie = (value) => `session=${value}; Path=/; HttpOnly; SameSite=Lax`;

function answer(res, status, body, headers = {}) {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers });
  res.end(JSON.stringify(body));
}

const refuse = (res, status, error, headers) => answer(res, status, { error }, headers);

/** Reads a body of at most LOGIN_BYTES, or returns null. */
async function readBody(req) {
  const chunks = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size > LOGIN_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function login(accounts, req, res) {
  // A form of a foreign page can't send this type, so it can't sign its
  // visitor in as somebody else.
  if ((req.headers['content-type'] || '').split(';')[0].trim().toLowerCase() !== 'application/json') {
    return refuse(res, 415, 'send application/json');
  }
  const body = await readBody(req);
  if (body === null) return refuse(res, 413, 'request too large', { Connection: 'close' });
  let form;
  try {
    form = JSON.parse(body);
  } catch {
    form = null;
  }
  if (typeof form?.user !== 'string' || typeof form?.password !== 'string') {
    return refuse(res, 400, 'send user and password');
  }
  const session = accounts.signIn(form.user, form.password);
  if (!session) return refuse(res, 401, 'wrong user or password');
  const token = accounts.issueToken(session);
  answer(res, 200, { user: session.user, token }, { 'Set-Cookie': sessionCookie(session.cookie) });
}

function logout(accounts, req, res) {
  const who = accounts.fromHeaders(req.headers);
  if (who) accounts.signOut(who.sid);
  res.writeHead(204, { 'Set-Cookie': `${sessionCookie('')}; Max-Age=0` });
  res.end();
}

// whoami is what the guard asks as forward_auth.
function whoami(accounts, req, res) {
  const who = accounts.fromHeaders(req.headers);
  if (!who) return refuse(res, 401, 'not signed in');
  answer(res, 200, who);
}

function file(name, contentType) {
  const content = fs.readFileSync(path.join(PAGE, name));
  return (accounts, req, res) => {
    res.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
    res.end(content);
  };
}

const ROUTES = {
  '/login': { POST: login },
  '/logout': { POST: logout },
  '/whoami': { GET: whoami },
  '/healthz': { GET: (accounts, req, res) => answer(res, 200, { status: 'ok' }) },
  '/ws': {
    GET: (accounts, req, res) =>
      refuse(res, 426, 'this is a WebSocket endpoint', { Upgrade: 'websocket', Connection: 'Upgrade' }),
  },
};
for (const [url, [name, contentType]] of Object.entries(FILES)) ROUTES[url] = { GET: file(name, contentType) };

/** Returns an http.Server for all paths of the protocol but the upgrade of /ws. */
function createServer(accounts) {
  const routes = new Map(Object.entries(ROUTES));
  return http.createServer((req, res) => {
    const route = routes.get(req.url.split('?')[0]);
    if (!route) return refuse(res, 404, 'not found');
    if (!Object.hasOwn(route, req.method)) return refuse(res, 405, 'method not allowed');
    Promise.resolve(route[req.method](accounts, req, res)).catch(() => res.destroy());
  });
}

module.exports = { createServer };
