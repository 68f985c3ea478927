/**
 * Keys that people know: `/` or Ctrl+K to search, `?` for the list of keys. They can be
 * switched off, and stay so (WCAG 2.1.4).
 * @module shortcuts
 */
import { keep, recall } from './kept.js';

const KEY = 'atelier.shortcuts';

/** Listens to the keys, and shows the list with its switch in the footer. */
export function listen() {
  const list = /** @type {HTMLDetailsElement | null} */ (document.querySelector('[data-shortcuts]'));
  if (!list) return;
  list.hidden = false;
  const toggle = /** @type {HTMLInputElement} */ (list.querySelector('[data-shortcuts-switch]'));
  toggle.checked = areOn();
  toggle.addEventListener('change', () => keep(KEY, toggle.checked ? 'on' : 'off'));
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey && event.key.toLowerCase() === 'k') return focusSearch(event);
    if (!areOn() || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === '/') focusSearch(event);
    else if (event.key === '?') show(list, event);
  });
}

/** @param {Event} event */
function focusSearch(event) {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-search]'));
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

/**
 * @param {HTMLDetailsElement} list
 * @param {Event} event
 */
function show(list, event) {
  event.preventDefault();
  list.open = true;
  list.querySelector('summary')?.focus();
  list.scrollIntoView({ block: 'nearest' });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

const areOn = () => recall(KEY) !== 'off';
