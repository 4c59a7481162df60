import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** What stands in the head of every page: each has the whole window. */
const head: Plugin = {
  name: 'almanac:bench-head',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { charset: 'utf-8' }, injectTo: 'head-prepend' },
    { tag: 'style', children: 'html, body, #app { height: 100%; margin: 0; }', injectTo: 'head' },
  ],
};

/** The pages that `cargo xtask bench calendar` measures by turns, and those of the library and the
 *  editor of pictures. */
export default defineConfig({
  root: 'bench',
  base: './',
  plugins: [svelte(), head],
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
