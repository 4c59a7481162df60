import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vite';

/** Stops a build that would ship the program in memory, which is for tests and development. */
function nothingForTestsShips(): Plugin {
  return {
    name: 'almanac:nothing-for-tests-ships',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        const stray = file.moduleIds.find((id) => /\/src\/(lib\/demo|test)\//.test(id));
        if (stray !== undefined) this.error(`${stray} would ship in ${file.fileName}.`);
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), svelteTesting(), nothingForTestsShips()],
  resolve: { alias: { $lib: new URL('./src/lib', import.meta.url).pathname } },
  // The page lies at the root of a window and at /app/ of an Almanac without one.
  base: './',
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  build: {
    outDir: 'dist',
    // The oldest engine the program meets is WebKitGTK 2.50.
    target: 'safari18',
    chunkSizeWarningLimit: 900,
    // Files come out of the program itself: a few of them start faster than many small ones.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
      },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['./src/test/setup.ts'],
    include: ['src/**/*.test.ts'],
    // A whole room is drawn in many of them, and the machine may have other work.
    testTimeout: 60_000,
    // A browser of its own for each of ninety files takes longer than their tests.
    isolate: false,
    // Left to itself it keeps one core idle, which is half of a small machine.
    maxWorkers: '100%',
  },
});
