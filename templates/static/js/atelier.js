/**
 * The entry: brings the module of each feature that this page has. Pages work without.
 * @module atelier
 */
import { recall } from './kept.js';
import { announceNotice } from './toast.js';
import { listen } from './shortcuts.js';

/** @type {Array<[string, () => Promise<{ start: (element: HTMLElement) => void }>]>} */
const FEATURES = [
  ['[data-reading]', () => import('./reading.js')],
  ['#list', () => import('./selection.js')],
  ['[data-search]', () => import('./suggestions.js')],
  ['[data-passkey]', () => import('./passkey.js')],
  ['[data-copy]', () => import('./copy.js')],
];

for (const [selector, bring] of FEATURES) {
  const element = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  if (element) bring().then((module) => module.start(element));
}

const tray = document.getElementById('tray');
if (tray && (recall('atelier.deposits') || document.querySelector('form[data-deposit]'))) {
  import('./deposit.js').then((module) => module.start(tray));
}

listen();
announceNotice();

// A menu closes as people expect: with Escape, and when they look elsewhere.
const menu = /** @type {HTMLDetailsElement | null} */ (document.querySelector('[data-menu]'));
if (menu) {
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
  document.addEventListener('click', (event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
}

// A form that is on its way is not sent twice.
document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || form.method !== 'post') return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = 'yes';
  event.submitter?.setAttribute('aria-disabled', 'true');
});

// Coming back by the browser's arrow shows the page as it was left: ready again.
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
  for (const button of document.querySelectorAll('button[aria-disabled]')) button.removeAttribute('aria-disabled');
});
