import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import Checkbox from './Checkbox.svelte';

it('is a native box: keys and the pointer change it, and readers hear its state', async () => {
  const changed = vi.fn();
  const { rerender } = render(Checkbox, {
    checked: false,
    indeterminate: true,
    'aria-label': 'Sale',
    onchange: (event: Event) => changed((event.currentTarget as HTMLInputElement).checked),
  });
  const box = screen.getByRole<HTMLInputElement>('checkbox', { name: 'Sale' });
  expect([box.checked, box.indeterminate]).toEqual([false, true]);
  await userEvent.tab();
  expect(document.activeElement).toBe(box);
  await userEvent.keyboard(' ');
  expect(changed).toHaveBeenLastCalledWith(true);
  await rerender({ checked: true, indeterminate: false });
  expect([box.checked, box.indeterminate]).toEqual([true, false]);
  await userEvent.click(box);
  expect(changed).toHaveBeenLastCalledWith(false);
});
