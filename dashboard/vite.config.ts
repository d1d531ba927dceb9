import { defineConfig } from 'vitest/config';
import { defaultClientConditions } from 'vite';

export default defineConfig({
  // The client's source, so that the page needs no build of the client first.
  resolve: { conditions: ['@wswarden/source', ...defaultClientConditions] },
  build: {
    outDir: '../internal/console/assets',
    emptyOutDir: true,
    target: 'es2022',
    // The page's policy lets it load files of its own and nothing else.
    assetsInlineLimit: 0,
    modulePreload: false,
    // Nothing is cached, and names that stay make the history of the build readable.
    rollupOptions: { output: { entryFileNames: 'assets/[name].js', chunkFileNames: 'assets/[name].js', assetFileNames: 'assets/[name][extname]' } },
  },
  test: { include: ['test/**/*.test.ts'] },
});
