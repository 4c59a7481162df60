import { fireEvent, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDemo } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import WatermarkGroup from './WatermarkGroup.svelte';

let app: App;

beforeEach(async () => {
  app = await startApp(createDemo({ count: 0 }));
});

const kept = () => {
  const data = app.session.data;
  return data?.writing[data.workspaceId]?.watermark ?? null;
};
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

describe('the watermark of a workspace', () => {
  it('is made of words, placed, and turned off', async () => {
    const { container } = renderIn(app, WatermarkGroup);
    expect(screen.queryByRole('switch', { name: 'Put it on pictures' })).toBeNull();
    await press('Use words');
    const text = await screen.findByRole('textbox', { name: 'Words of the watermark' });
    await fireEvent.change(text, { target: { value: '© Ana' } });
    await expect.poll(() => kept()?.mark.what).toMatchObject({ of: 'words', text: '© Ana' });
    expect(await faults(container)).toEqual([]);
    const strength = screen.getByRole('slider', { name: /Strength/ });
    await fireEvent.input(strength, { target: { value: '35' } });
    await fireEvent.change(strength);
    await expect.poll(() => kept()?.mark.strength).toBe(35);
    await fireEvent.click(screen.getByRole('switch', { name: 'Put it on pictures' }));
    await expect.poll(() => kept()?.on).toBe(false);
    await press('Remove the watermark');
    await expect.poll(() => kept()).toBeNull();
  });

  it('is made of a picture, or says why not', async () => {
    renderIn(app, WatermarkGroup);
    app.host.pickFiles = () => Promise.resolve(['/x/broken.png']);
    await press('Choose a picture…');
    expect(await screen.findByText(/damaged/)).toBeTruthy();
    app.host.pickFiles = () => Promise.resolve(['/x/logo.png']);
    await press('Choose a picture…');
    await expect.poll(() => kept()?.mark.what).toMatchObject({ of: 'picture' });
  });
});
