import { ApiError } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { t } from '$lib/words';

/** Anything that nobody caught ends on the status line, with its trace under "Details". */
export function watchFaults(app: App): () => void {
  const show = (thrown: unknown) => {
    const error = ApiError.from(thrown);
    if (error.code === 'internal')
      app.messages.problem(t('frame.fault'), {
        details: error.detail,
        actions: [{ label: t('frame.faultReload'), run: () => location.reload() }],
      });
    else app.messages.failed(error);
  };
  const onError = (event: ErrorEvent) => {
    // A browser's own note that a layout took two rounds; nothing is wrong.
    if (!event.message.startsWith('ResizeObserver loop')) show(event.error ?? event.message);
  };
  const onRejection = (event: PromiseRejectionEvent) => show(event.reason);
  addEventListener('error', onError);
  addEventListener('unhandledrejection', onRejection);
  return () => {
    removeEventListener('error', onError);
    removeEventListener('unhandledrejection', onRejection);
  };
}
