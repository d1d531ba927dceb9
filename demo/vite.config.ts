import { defaultClientConditions, defineConfig } from 'vite';

// Every page is an origin of its own when it is served; here they share modules. The
// names of files have no hash: nothing is cached, and a change shows as one in git.
export default defineConfig({
  // The client's source, so that the pages need no build of it first.
  resolve: { conditions: ['@wswarden/source', ...defaultClientConditions] },
  build: {
    outDir: '../internal/demo/assets',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ['index', 'boot', 'weakness', 'pane', 'insider', 'attacker'].map((name) => `${name}.html`),
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
});
