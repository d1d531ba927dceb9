// A real guard: bin/wswarden with the configuration of a test.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { deadline } from './deadline.ts';

const binary = fileURLToPath(new URL('../../bin/wswarden', import.meta.url));

/** A line of the audit log, or of the operational one. */
export type LogLine = Record<string, unknown>;

/**
 * A guard in a process of its own. Its addresses are free ports of 127.0.0.1,
 * which stay the same when it is started again.
 */
export class Guard {
  /** For clients, without a slash at the end: http://127.0.0.1:PORT. */
  url = '';
  /** Of the admin listener, in the same form. */
  admin = '';
  /** All lines of the audit log so far. */
  readonly audit: LogLine[] = [];
  readonly #folder: string;
  readonly #config: string;
  readonly #env: Record<string, string>;
  readonly #log: LogLine[] = [];
  readonly #watchers = new Set<() => void>();
  #process: ChildProcess | undefined;
  #ended: Promise<number | null> = Promise.resolve(null);

  private constructor(folder: string, config: string, env: Record<string, string>) {
    this.#folder = folder;
    this.#config = config;
    this.#env = env;
  }

  /**
   * Runs a guard with config, a text without listen, admin and audit, and
   * returns when it serves. Whoever starts it calls close.
   */
  static async start(config: string, env: Record<string, string> = {}): Promise<Guard> {
    if (!existsSync(binary)) {
      throw new Error(`${binary} is missing: make build makes it`);
    }
    const folder = await mkdtemp(join(tmpdir(), 'wswarden-guard-'));
    const guard = new Guard(folder, config, env);
    try {
      await guard.restart();
    } catch (error) {
      await guard.close();
      throw error;
    }
    return guard;
  }

  /** Starts it, again where it was stopped, and returns when it serves. */
  async restart(): Promise<void> {
    await this.stop();
    const file = join(this.#folder, 'wswarden.yaml');
    await writeFile(file, `listen: ${address(this.url)}\nadmin: ${address(this.admin)}\n${this.#config}`);
    const from = this.#log.length;
    const child = spawn(binary, ['guard', '--config', file, '--log-format', 'json'], { env: { ...process.env, ...this.#env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    this.#process = child;
    this.#ended = once(child, 'exit').then(([code]) => {
      process.off('exit', kill);
      this.#process = undefined;
      this.#wake();
      return code as number | null;
    });
    this.#read(child.stdout!, this.audit);
    this.#read(child.stderr!, this.#log);
    const serving = () => this.#log.slice(from).find((line) => line['msg'] === 'serving');
    await this.#until('serve', () => serving() !== undefined || this.#process === undefined);
    const line = serving();
    if (!line) throw new Error(`the guard did not start:\n${this.log}`);
    this.url = `http://${line['address']}`;
    this.admin = `http://${line['admin']}`;
  }

  /** Sends signal, waits until the process has ended, and returns its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    this.#process?.kill(signal);
    return deadline(`the guard to end after ${signal}`, this.#ended);
  }

  /** Sends SIGTERM and returns when the guard has begun to drain. */
  async drain(): Promise<void> {
    const from = this.#log.length;
    this.#process?.kill('SIGTERM');
    await this.#until('drain', () => this.#log.slice(from).some((line) => line['msg'] === 'draining'));
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Waits for the first line of the audit log, old ones included, that matches. */
  async untilAudit(what: string, match: (line: LogLine) => boolean): Promise<LogLine> {
    await this.#until(what, () => this.audit.some(match));
    return this.audit.find(match)!;
  }

  /** Asks the admin listener to end sessions: {user}, {session}, {token_id} or {all}. */
  async revoke(who: Record<string, unknown>): Promise<void> {
    const answer = await fetch(`${this.admin}/revocations`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(who) });
    if (!answer.ok) throw new Error(`revoke ${JSON.stringify(who)}: ${answer.status} ${await answer.text()}`);
  }

  /** What it has said on standard error. */
  get log(): string {
    return this.#log.map((line) => line['text'] ?? JSON.stringify(line)).join('\n');
  }

  #read(from: NodeJS.ReadableStream, into: LogLine[]): void {
    createInterface({ input: from }).on('line', (text) => {
      into.push(parse(text));
      this.#wake();
    });
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    let watcher = () => {};
    const met = new Promise<void>((resolve) => {
      watcher = () => { if (condition()) resolve(); };
    });
    this.#watchers.add(watcher);
    watcher();
    try {
      await deadline(`the guard: ${what}`, met);
    } catch (error) {
      throw new Error(`${(error as Error).message}; its log:\n${this.log}`);
    } finally {
      this.#watchers.delete(watcher);
    }
  }
}

/** A free port at first, later the one that was taken. */
function address(url: string): string {
  return url === '' ? '127.0.0.1:0' : new URL(url).host;
}

function parse(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { text };
  }
}
