import { defineConfig } from 'vitest/config';
import { defaultServerConditions } from 'vite';
import { patience } from './deadline.ts';

export default defineConfig({
  // The client's source, not what was built of it.
  resolve: { conditions: ['@wswarden/source', ...defaultServerConditions] },
  ssr: { resolve: { conditions: ['@wswarden/source', ...defaultServerConditions] } },
  test: {
    // Longer than what a test waits for, so that the wait says what was missing.
    testTimeout: 3 * patience,
    hookTimeout: 3 * patience,
    maxWorkers: 2,
    execArgv: ['--experimental-websocket'], // Node 20 has its own only then
  },
});
