/**
 * How files come into a form of deposit: chosen, dropped anywhere on its page, or pasted.
 * @module form
 */
import { chosen, dropped } from './tree.js';

/** @typedef {import('./parcel.js').Found} Found */
/** @typedef {import('./parcel.js').Wish} Wish */
/** @typedef {(found: Found[], wish: Wish) => void} Bring */

/** @param {HTMLFormElement} form @param {import('./words.js').Words} words @param {Bring} bring */
export function listen(form, words, bring) {
  for (const hint of form.querySelectorAll('[data-scripted]')) hint.removeAttribute('hidden');
  // Here she can be asked about each: until she chooses, she is.
  for (const choice of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll('[name="taken"]'))) {
    choice.defaultChecked = choice.value === 'ask';
  }
  const inputs = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('input[type="file"]')]);
  const give = (/** @type {Found[]} */ found, wish = wished(form)) => {
    const some = form.dataset.document ? found.slice(0, 1) : found;
    if (some.length) bring(some, wish);
  };
  form.addEventListener('change', () => {
    // One of the two is enough.
    inputs[0].required = !inputs.some((input) => input.files?.length);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    give(inputs.flatMap((input) => chosen(input.files ?? [])));
    form.reset();
    inputs[0].required = true;
  });
  acceptDrops(form, give);
  document.addEventListener('paste', (event) => {
    const { files, types } = /** @type {DataTransfer} */ (event.clipboardData);
    const isTyping = /** @type {Element} */ (event.target).matches('input, textarea');
    // Words copied elsewhere come with their picture: they are not a file.
    if (isTyping || !files.length || types.includes('text/plain')) return;
    event.preventDefault();
    const found = chosen(files).map((one) => ({ ...one, name: pastedName(one.name, words) }));
    give(found, { ...wished(form), taken: 'keep_both' });
  });
}

/** What she wants of all that she brings now. @param {HTMLFormElement} form @returns {Wish} */
function wished(form) {
  const { folder, document, expected } = form.dataset;
  const { taken = 'ask', comment = '' } = /** @type {any} */ (Object.fromEntries(new FormData(form)));
  const place = document ? { document: Number(document), expected: Number(expected) } : { folder: Number(folder) };
  return { place, taken: taken === 'refuse' ? 'skip' : taken, comment };
}

/** @param {HTMLFormElement} form @param {(found: Found[]) => void} give */
function acceptDrops(form, give) {
  const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files');
  for (const move of /** @type {const} */ (['dragenter', 'dragover'])) {
    document.addEventListener(move, (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      form.closest('details')?.setAttribute('open', '');
      form.classList.add('is-over');
    });
  }
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) form.classList.remove('is-over');
  });
  document.addEventListener('drop', async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    form.classList.remove('is-over');
    give(await dropped(/** @type {DataTransfer} */ (event.dataTransfer)));
  });
}

/** Browsers call each picture alike: the moment tells them apart. @param {string} name @param {import('./words.js').Words} words */
function pastedName(name, words) {
  if (!/^image\.\w+$/.test(name)) return name;
  const now = new Date();
  const { lang } = document.documentElement;
  const date = now.toLocaleDateString(lang, { dateStyle: 'long' });
  const [hours, minutes] = now.toLocaleTimeString('fr', { timeStyle: 'short' }).split(':');
  return words('shot', { date, hours, minutes }) + name.slice('image'.length);
}
