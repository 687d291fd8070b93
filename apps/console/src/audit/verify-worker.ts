import type { ToVerify } from './verdict';
import { verdictOn } from './verdict';

/** Verifies in the background, so that the page stays as it is however large the bundle. */
addEventListener('message', (event: MessageEvent<ToVerify>) => {
  void verdictOn(event.data).then((verdict) => postMessage(verdict));
});
