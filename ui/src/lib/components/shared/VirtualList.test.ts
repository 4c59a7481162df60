import { render } from '@testing-library/svelte';
import { createRawSnippet, tick } from 'svelte';
import { expect, it, vi } from 'vitest';
import VirtualList from './VirtualList.svelte';

it('keeps its own class, by which it scrolls, beside the one it is given', () => {
  const row = createRawSnippet(() => ({ render: () => '<span>row</span>' }));
  const { container } = render(VirtualList<number>, {
    items: [1, 2, 3],
    rowHeight: 20,
    key: String,
    row: row as never,
    class: 'posts',
  });
  const list = container.querySelector('.posts');
  expect(list?.classList.contains('list')).toBe(true);
});

it('leads Tab to a row in sight, also while the one it led to is alive out of sight', async () => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(100);
  const alive = new Map<number, () => boolean>();
  const row = createRawSnippet<[number, number, boolean]>((item, _, tabbed) => ({
    render: () => '<span></span>',
    setup: () => {
      const number = item();
      alive.set(number, tabbed);
      return () => alive.delete(number);
    },
  }));
  const { container } = render(VirtualList<number>, {
    items: Array.from({ length: 500 }, (_, i) => i),
    rowHeight: 20,
    key: String,
    row,
    tabKey: '2',
    spare: 2,
  });
  const tab = () => [...alive].find(([, tabbed]) => tabbed())?.[0];
  const list = container.querySelector<HTMLElement>('.list');
  await tick();
  expect(tab()).toBe(2);
  if (list) list.scrollTop = 160;
  list?.dispatchEvent(new Event('scroll'));
  await tick();
  expect(alive.has(2)).toBe(true);
  expect(tab()).toBe(8);
});
