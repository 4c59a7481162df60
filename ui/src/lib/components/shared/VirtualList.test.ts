import { render } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { expect, it } from 'vitest';
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
