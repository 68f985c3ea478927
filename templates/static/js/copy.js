/**
 * Values that are there to be copied: each is selected whole, and may have its button after it.
 * @module copy
 */
import { say } from './toast.js';

export function start() {
  for (const value of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('[data-copy]'))) {
    value.addEventListener('focus', () => value.select());
    const button = /** @type {HTMLElement | null} */ (value.nextElementSibling);
    // Browsers have no clipboard for pages without https.
    if (!button || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      // Where the browser refuses, it is ready for her own hand.
      value.select();
      await navigator.clipboard.writeText(value.value);
      say((button.textContent = button.dataset.said));
    });
  }
}
