/**
 * A document "being read" tells when it has been, without a reload: a few looks, ever
 * further apart, then no more.
 * @module reading
 */
import { refresh } from './fragments.js';

const PAUSES_SECONDS = [2, 3, 5, 8, 15, 30];
let isWatching = false;

/** Starts watching; once at a time for the whole page. */
export async function start() {
  if (isWatching) return;
  isWatching = true;
  for (const seconds of PAUSES_SECONDS) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    if (!document.querySelector('[data-reading]')) break;
    if (document.hidden || isReadingSomething()) continue;
    await refresh(['list', 'reading']);
  }
  isWatching = false;
}

/** A part where someone writes or selects text is not replaced under her hands. */
function isReadingSomething() {
  const selection = document.getSelection();
  const isSelecting = selection && !selection.isCollapsed;
  const place = document.activeElement;
  return isSelecting || (place instanceof HTMLInputElement && place.closest('#list'));
}
