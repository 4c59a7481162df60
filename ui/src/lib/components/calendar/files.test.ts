import { waitFor } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import { calendarHooks, open } from '../../../test/calendar';

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
