interface Client extends WebSocket, Other<string> { id: string; user?: User | null; send(data: string): void; [k: string]: unknown; }
type Message = { type: 'chat' | 'join'; n: 1 | -1; list: string[]; more: Array<number>; map: Record<string, Client>; index: { [k: string]: number }; fn: (a: string, b?: number) => void; tuple: [a: string, b: number] };
type Named = WebSocket;
type Both = WebSocket & { isAlive: boolean };
type Either = 'a' | 'b';
enum Role { User, Admin = 'admin', Other = 1 << 2 }
const enum E { A }
export namespace NS.Inner { export const v = 1; export function f() {} }
declare module 'x' { interface Y { z: string } }
declare global { interface Window { ws: WebSocket } }
declare const injected: string;
declare function external(a: string): void;
export declare class Ambient { x: string; m(): void; }
function overload(a: string): string;
function overload(a: any) { return a; }
function isString(x: unknown): x is string { return typeof x === 'string'; }
function assertUser(u: any): asserts u is User {}
function generic<T extends object>(a: T, b: Map<string, Set<T>>): Promise<T[]> { return foo<T>(a); }
let a = x as string, b = <number>y, c = z!, d = w satisfies T, e = [1] as const, f = v as unknown as ns.Type;
(x as any).y = 1;
y! += 1;
let fn: typeof other = other<string>;
let opt = a?.b!.c;
for (const [k, v] of Object.entries(o) as [string, number][]) {}
export type { Message };
export = generic;
export as namespace Lib;
