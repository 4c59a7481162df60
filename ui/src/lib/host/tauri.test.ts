import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** A file of the project, seen from the screen's folder. */
const read = (path: string) => readFileSync(path, 'utf8');

it('calls only what the desktop program answers to', () => {
  const called = [...read('src/lib/host/tauri.ts').matchAll(/invoke(?:<[^>]*>)?\(\s*'(\w+)'/g)].map(
    ([, name]) => name,
  );
  const [, list = ''] = /generate_handler!\[([^\]]*)\]/.exec(read('../src-tauri/src/lib.rs')) ?? [];
  const answered = [...list.matchAll(/(\w+)\s*(?:,|$)/g)].map(([, name]) => name);
  expect(called).toContain('call');
  expect(called.filter((name) => !answered.includes(name))).toEqual([]);
});
