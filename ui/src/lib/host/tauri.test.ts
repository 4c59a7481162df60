import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { onPage } from './tauri';

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

it('finds a point of the window on a page drawn larger or smaller', () => {
  const point = { x: 300, y: 200 };
  expect(onPage(point, 1)).toEqual(point);
  expect(onPage(point, 2)).toEqual({ x: 150, y: 100 });
  expect(onPage(point, 0.5)).toEqual({ x: 600, y: 400 });
  // Where the window counts dots, the page's own count of them says it all.
  expect(onPage(point, 2, 4)).toEqual({ x: 75, y: 50 });
});
