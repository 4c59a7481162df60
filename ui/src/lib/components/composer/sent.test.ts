import { screen, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { createDemo } from '$lib/demo';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import type { Composer } from './composer.svelte';
import SentPictures from './SentPictures.svelte';

describe('what will be sent', () => {
  it('is shown for each account, with why it is changed', async () => {
    const app = await startApp(createDemo({ count: 0 }));
    const { files } = await app.api.media.import({ paths: ['/x/sea.png'] });
    const id = files[0]?.id ?? '';
    const account = app.session.accounts.find((a) => a.network === 'bluesky');
    const composer = { app, draft: { targets: [] } } as unknown as Composer;
    const edits = [{ do: 'turn' as const, quarters: 1 }];
    const { container } = renderIn(app, SentPictures, {
      composer,
      media: [
        { mediaId: id, alt: '' },
        { mediaId: id, alt: '', edits },
      ],
      accounts: [{ id: account?.id ?? '', name: 'Ana' }],
      onclose: () => undefined,
    });
    const part = await screen.findByRole('region', { name: 'Ana' });
    expect(within(part).getByText('fits')).toBeTruthy();
    expect(within(part).getByText('made to fit')).toBeTruthy();
    expect(within(part).getByText(/as you edited it/)).toBeTruthy();
    expect(await faults(container)).toEqual([]);
  });

  it('says that no account is chosen', async () => {
    const app = await startApp(createDemo({ count: 0 }));
    const composer = { app, draft: { targets: [] } } as unknown as Composer;
    renderIn(app, SentPictures, { composer, media: [], accounts: [], onclose: () => undefined });
    expect(screen.getByText('No account is chosen yet.')).toBeTruthy();
  });
});
