import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The pages that `cargo xtask bench calendar` measures by turns, and that of the library. */
export default defineConfig({
  root: 'bench',
  base: './',
  plugins: [svelte()],
  resolve: { alias: { $lib: new URL('./src/lib', import.meta.url).pathname } },
  build: {
    outDir: '../dist-bench',
    emptyOutDir: true,
    target: 'safari18',
    chunkSizeWarningLimit: 900,
    rolldownOptions: { input: ['bench/ours.html', 'bench/peer.html', 'bench/library.html'] },
  },
});
