import { mount, unmount } from 'svelte';
import { pickHost, type SignedIn } from '$lib/host';
import { App } from '$lib/state/app.svelte';
import SignIn from '$lib/views/SignIn.svelte';
import Window from '$lib/views/Window.svelte';
import './styles/base.css';
import '$lib/components/shared/marks.css';

// HTML5 drag is not used anywhere; a native drag of text or a picture would break pointer drags.
document.addEventListener('dragstart', (event) => event.preventDefault());

// The web-view's own menu offers "Back" and "Reload"; text keeps its menu for copying and spelling.
document.addEventListener('contextmenu', (event) => {
  const text = 'input, textarea, [contenteditable], .selectable';
  if (!(event.target instanceof Element && event.target.closest(text))) event.preventDefault();
});

const target = document.getElementById('app');
if (target) {
  const askForKey = () =>
    new Promise<SignedIn>((resolve) => {
      const page = mount(SignIn, {
        target,
        props: {
          done: (signedIn: SignedIn) => {
            void unmount(page);
            resolve(signedIn);
          },
        },
      });
    });
  mount(Window, { target, props: { app: new App(await pickHost(askForKey)) } });
}
