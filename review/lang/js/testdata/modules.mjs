import 'side-effect';
import def from 'a';
import * as ns from 'b';
import def2, * as ns2 from 'c';
import def3, { one, two as deux, default as d, 'a-b' as ab } from './d.js';
import json from './e.json' with { type: 'json' };
export const x = 1, { y, z: [w] } = o;
export function f() {}
export class C {}
export { x as renamed, f as default };
export { p, q as r } from './f.js';
export * from './g.js';
export * as h from './h.js';
export default { fetch(req) { return new Response(); } };
module.exports = { a };
exports.b = b;
