// A redis-server that keeps nothing on disk, for guards that share a store.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { deadline } from './deadline.ts';

export class Redis {
  #process: ChildProcess | undefined;
  private constructor(private readonly port: number) {}

  /** Starts one on a free port of 127.0.0.1; whoever does calls close. */
  static async start(): Promise<Redis> {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const redis = new Redis(port);
    await redis.restart();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** Starts it on its port, and returns when it answers. */
  async restart(): Promise<void> {
    const child = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(this.port), '--save', '', '--appendonly', 'no'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    this.#process = child;
    child.once('exit', () => process.off('exit', kill));
    const ready = new Promise<void>((resolve, reject) => {
      child.once('error', (cause) => reject(new Error('redis-server does not start: make setup installs it', { cause })));
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
      createInterface({ input: child.stdout! }).on('line', (line) => { if (line.includes('Ready to accept connections')) resolve(); });
    });
    await deadline('redis-server to answer', ready);
  }

  /** Ends it. */
  async close(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await deadline('redis-server to end', once(child, 'exit'));
  }
}
