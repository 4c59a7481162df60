import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { calendarHooks, open, post } from '../../../test/calendar';

calendarHooks();

it('names every file that a day did not take, and makes a post of the others', async () => {
  const c = await open({ posts: [] });
  vi.spyOn(document, 'elementFromPoint').mockReturnValue(c.cell('2026-05-14'));
  const paths = ['/x/broken.png', '/x/fine.png', '/x/broken2.png'];
  c.host.dragFiles({ kind: 'drop', paths, x: 1, y: 1 });
  await waitFor(() => expect(c.sent('posts.create')).toHaveLength(1));
  expect(c.sent('posts.create')).toMatchObject([
    { draft: { segments: [{ media: [{ mediaId: 'media-fine.png' }] }] } },
  ]);
  expect(c.app.messages.current?.text).toMatch(
    /^2 files were not added\. broken\.png, broken2\.png: This picture is damaged/,
  );
});

describe('files dropped from the desktop', () => {
  type Calendar = Awaited<ReturnType<typeof open>>;
  const paths = ['/x/fine.png'];
  const over = (c: Calendar, on: Element | null, kind: 'over' | 'drop' = 'drop') => {
    vi.spyOn(document, 'elementFromPoint').mockReturnValue(on);
    c.host.dragFiles({ kind, paths, x: 1, y: 1 });
  };
  const shelf = (c: Calendar) => c.container.querySelector('[data-drop="shelf"]');

  it('on the shelf make a draft without a date', async () => {
    const c = await open({ posts: [] });
    over(c, shelf(c));
    await waitFor(() =>
      expect(c.sent('posts.create')).toMatchObject([
        {
          place: { kind: 'shelf' },
          draft: { segments: [{ media: [{ mediaId: 'media-fine.png' }] }] },
        },
      ]),
    );
    await waitFor(() => expect(c.app.router.composer).toMatchObject({ kind: 'post' }));
  });

  it('on the files of the library join these', async () => {
    const c = await open({ posts: [] });
    await c.user.click(screen.getByRole('button', { name: 'Library' }));
    over(c, shelf(c));
    await waitFor(() => expect(c.sent('media.import')).toEqual([{ paths }]));
    expect(c.sent('posts.create')).toEqual([]);
  });

  it('on the window of a day make a draft on that day, which is lit', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    c.day('2026-05-14').focus();
    await c.user.keyboard('{Enter}');
    const window = await screen.findByRole('dialog', { name: 'Thursday 14 May' });
    over(c, window, 'over');
    await waitFor(() => expect(window.classList).toContain('lit'));
    over(c, window);
    await waitFor(() => expect(c.sent('posts.create')).toHaveLength(1));
    expect(c.sent('posts.create')).toMatchObject([{ place: { kind: 'wall' } }]);
  });

  it('make a draft where they were dropped, however long they take and whatever is open by then', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    vi.spyOn(document, 'elementFromPoint').mockReturnValue(c.cell('2026-05-20'));
    let arrive: (paths: string[]) => void = () => undefined;
    const sent = new Promise<string[]>((resolve) => (arrive = resolve));
    c.host.dragFiles({ kind: 'drop', paths: sent, x: 1, y: 1 });
    vi.spyOn(document, 'elementFromPoint').mockReturnValue(c.cell('2026-05-25'));
    c.app.router.openPost('A');
    arrive(paths);
    await waitFor(() => expect(c.sent('posts.create')).toHaveLength(1));
    expect(c.sent('posts.create')).toMatchObject([{ place: { wall: '2026-05-20T09:00:00' } }]);
    await waitFor(() => expect(c.app.messages.current?.text).toMatch(/1 file/));
    expect(c.app.router.composer).toMatchObject({ id: 'A' });
  });

  it('elsewhere say where they can be dropped', async () => {
    const c = await open({ posts: [] });
    over(c, null);
    expect(c.app.messages.current?.text).toMatch(/^Drop files on a day, the shelf,/);
    expect(c.sent('media.import')).toEqual([]);
  });
});
