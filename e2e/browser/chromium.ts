// Debian's Chromium, headless, in a fresh profile.
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Starts Chromium; the caller closes it. */
export async function launch(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(`${executablePath} is missing: make setup installs it`);
  }
  return chromium.launch({
    executablePath,
    args: [
      // A root user has no sandbox to enter, and tests load only pages of their own.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      // Nothing but loopback is asked for.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
