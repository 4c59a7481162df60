/** How the preview is looked at: light or dark, on a phone or wide. */
import type { Session } from '$lib/state/session.svelte';

export type PreviewTheme = 'light' | 'dark';
export type PreviewSize = 'phone' | 'wide';

const THEME = 'preview.theme';
const SIZE = 'preview.size';

/** The colours of the screen itself, until another choice is made. */
function ofScreen(): PreviewTheme {
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return globalThis.matchMedia?.('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export class PreviewChoice {
  theme = $state<PreviewTheme>('light');
  size = $state<PreviewSize>('phone');

  constructor(private readonly session: Session) {
    this.theme = session.remembered<PreviewTheme | null>(THEME, null) ?? ofScreen();
    this.size = session.remembered<PreviewSize>(SIZE, 'phone');
  }

  chooseTheme(theme: PreviewTheme): void {
    this.theme = theme;
    this.session.remember(THEME, theme);
  }

  chooseSize(size: PreviewSize): void {
    this.size = size;
    this.session.remember(SIZE, size);
  }
}
