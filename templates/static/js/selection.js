/**
 * Documents ticked in a list: how many, all at once, and still so when the list is renewed.
 * @module selection
 */

/** @type {Set<string>} */
let chosen = new Set();

/** @returns {HTMLInputElement[]} */
const boxes = () => [...document.querySelectorAll('#list [form="selection"]')];

/** Tells how many are ticked. */
function tell() {
  const ticked = boxes().filter((box) => box.checked);
  chosen = new Set(ticked.map((box) => box.value));
  const form = document.getElementById('selection');
  if (!form) return;
  const all = form.querySelector('input');
  all.closest('label').hidden = false;
  all.checked = ticked.length > 0 && ticked.length === boxes().length;
  all.indeterminate = ticked.length > 0 && !all.checked;
  const words = form.dataset[ticked.length > 1 ? 'many' : 'one'].replace('{n}', String(ticked.length));
  form.querySelector('[data-count]').textContent = ticked.length ? words : '';
}

/** @param {HTMLElement} list which may be renewed, and have its first document then */
export function start(list) {
  document.addEventListener('change', ({ target }) => {
    const isAll = target.closest('#selection');
    if (isAll) for (const box of boxes()) box.checked = target.checked;
    if (isAll || target.getAttribute('form') === 'selection') tell();
  });
  new MutationObserver(() => {
    for (const box of boxes()) box.checked ||= chosen.has(box.value);
    tell();
  }).observe(list.parentElement, { childList: true });
  tell();
}
