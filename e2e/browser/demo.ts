// A running wswarden demo, and its page in a browser.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Frame, Page } from 'playwright-core';

const binary = fileURLToPath(new URL('../../bin/wswarden', import.meta.url));

/** The addresses of a demo, as its pages get them. */
export interface Places {
  page: string;
  unguarded: { page: string; socket: string };
  guarded: { page: string; socket: string; ticket: string };
  attacker: string;
  foreign: string;
}

export class Demo {
  private constructor(private process: ChildProcess, readonly address: string, readonly places: Places) {}

  /** Starts wswarden demo; whoever does calls close. */
  static async start(): Promise<Demo> {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: make build makes it`);
    const process = spawn(binary, ['demo', '--serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface(process.stdout)) {
      const address = /^open (http:\/\/localhost:\d+)$/.exec(line)?.[1];
      if (!address) continue;
      process.stdout.resume();
      const answer = await fetch(`${address.replace('localhost', '127.0.0.1')}/site.json`);
      return new Demo(process, address, (await answer.json()) as Places);
    }
    throw new Error('wswarden demo ended and printed no address');
  }

  /** Ends it as Ctrl-C does, and returns its exit code. */
  async close(): Promise<number | null> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGINT');
    return (await ended)[0] as number | null;
  }

  /** Opens the printed address and waits until both platforms are served. */
  async open(context: BrowserContext): Promise<DemoPage> {
    const page = await context.newPage();
    await page.goto(this.address);
    await page.waitForURL(`${this.places.page}/`);
    await page.waitForSelector('body[data-ready]');
    const shown = new DemoPage(page, this.places);
    for (const pane of [shown.unguarded, shown.guarded]) await pane.waitForSelector('#status.open');
    return shown;
  }
}

/** What an attack's panel says. */
export interface Verdict {
  /** Text of the button's line: "stopped by the guard". */
  state: string;
  unguarded: string;
  guarded: string;
  /** What stopped it: the rule and the line of the configuration. */
  reason: string;
}

export class DemoPage {
  constructor(readonly page: Page, private places: Places) {}

  get unguarded(): Frame { return this.frame(this.places.unguarded.page, '/pane.html'); }
  get guarded(): Frame { return this.frame(this.places.guarded.page, '/pane.html'); }
  get attacker(): Frame { return this.frame(this.places.attacker, '/'); }

  /** Presses the button of an attack and returns what came of it. */
  async attack(id: string): Promise<Verdict> {
    await this.page.click(`#attack-${id}`);
    return this.verdict(id);
  }

  /** Waits for the end of an attack. */
  async verdict(id: string): Promise<Verdict> {
    const button = this.page.locator(`#attack-${id}[data-state]:not([data-state=busy])`);
    await button.waitFor({ timeout: 30_000 });
    return {
      state: await this.text(`#attack-${id} .state`),
      unguarded: await this.text('#outcome-unguarded'),
      guarded: await this.text('#outcome-guarded'),
      reason: await this.text('#reason'),
    };
  }

  async text(selector: string): Promise<string> {
    return (await this.page.innerText(selector)).trim();
  }

  private frame(origin: string, path: string): Frame {
    const frame = this.page.frames().find((f) => f.url() === origin + path);
    if (!frame) throw new Error(`the page has no frame of ${origin}${path}`);
    return frame;
  }
}
