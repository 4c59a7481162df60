import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Imports a folder must not make. Each entry: who, what it may not reach, and where to go instead. */
const noTauri = {
  group: ['@tauri-apps/*'],
  message: 'Only lib/host speaks to the desktop; add what you need to the Host interface there.',
};
const noTemporal = {
  group: ['temporal-polyfill', 'temporal-polyfill/*'],
  message: 'Only lib/time does zone maths; add a function there.',
};
const noAreas = {
  group: ['**/components/!(shared)/**', '$lib/components/!(shared)/**'],
  message: 'shared parts know no area: pass what is needed as props.',
};
const noViews = {
  group: ['**/views/**', '$lib/views/**'],
  message: 'Views put areas together; areas and shared parts do not know them.',
};
const noDemo = {
  group: ['**/demo/**', '$lib/demo/**'],
  message: 'The fake backend is for tests and the browser only.',
};

const forbid = (files, ...patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

export default ts.config(
  { ignores: ['dist/', 'dist-bench/', 'node_modules/', 'src/lib/api/generated.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-dynamic-delete': 'off',
      'svelte/prefer-svelte-reactivity': 'off',
      'svelte/require-each-key': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  forbid(['src/**/*.{ts,svelte}'], noTauri, noTemporal),
  forbid(['src/lib/host/**'], noTemporal),
  forbid(['src/lib/time/**'], noTauri),
  forbid(['src/lib/components/shared/**'], noTauri, noTemporal, noAreas, noViews, noDemo),
  forbid(['src/lib/components/!(shared)/**'], noTauri, noTemporal, noViews, noDemo),
  forbid(['src/lib/{state,words,api}/**'], noTauri, noTemporal, noAreas, noViews, noDemo),
  // Tests may use the fake backend: it is what they run against.
  forbid(['src/**/*.test.ts', 'src/test/**'], noTauri, noTemporal),
);
