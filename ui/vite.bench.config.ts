import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The pages that `cargo xtask bench calendar` measures by turns, and those of the library and the
 *  editor of pictures. */
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
    rolldownOptions: {
      input: ['ours', 'peer', 'library', 'picture'].map((page) => `bench/${page}.html`),
    },
  },
});
