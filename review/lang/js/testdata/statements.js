#!/usr/bin/env node
'use strict';
// every statement
let a = 1, b, c = a;
var d;
if (a) b = 1; else if (c) { b = 2; } else { b = 3; }
for (let i = 0; i < 10; i++) f(i);
for (let i = 0, n = a.length; i < n; i += 2) {}
for (;;) { break; }
for (const x of xs) g(x);
for (const { id, name = 'none' } of xs) g(id);
for (k in o) delete o[k];
for await (const m of stream) { handle(m); }
while (a--) { continue; }
do { a(); } while (b);
outer: for (const x of xs) { for (const y of x) { if (y) continue outer; } }
switch (msg.type) {
  case 'a':
  case 'b':
    ab();
    break;
  case 'c': {
    const only = 1;
    return;
  }
  case 'd':
    d();
  case 'e':
  default:
    other();
}
switch (true) { case a > 1: one(); }
try { risky(); } catch (err) { log(err); } finally { done(); }
try { risky(); } catch { ignored(); }
try { risky(); } catch ({ message }) { log(message); }
throw new Error(`bad ${a}`);
with (o) { p(); }
first(), second();
debugger;
;
{ let inner = 2; }
function plain(x, y = 2, { z, w: [v] }, ...rest) { return x, y; }
function* numbers() { yield 1; yield* others(); yield; }
async function later() { await x; }
using file = open();
await using lock = acquire();
