/**
 * Deposits with script: files and whole folders that are chosen, dropped or pasted become
 * parcels; those that a page before left go on. Without this module the form sends its files.
 * @module deposit
 */
import { listen } from './form.js';
import { refresh } from './fragments.js';
import { giveUp } from './orders.js';
import { parcels, REFUSED } from './parcel.js';
import { Queue } from './queue.js';
import { start as watchReading } from './reading.js';
import { Store } from './store.js';
import { Tray } from './tray.js';
import { Way } from './way.js';
import { worded } from './words.js';

const REFRESHED_MILLISECONDS = 3000;

/** @param {HTMLElement} element the tray */
export async function start(element) {
  const words = worded(JSON.parse(element.dataset.words ?? '{}'));
  const queue = new Queue(new Way(element.dataset.token ?? ''));
  const tray = new Tray(element, queue, words);
  const opening = Store.open(Number(element.dataset.person));
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form[data-deposit]'));
  queue.onEnd = (one, end) => {
    tray.end(one, end);
    if (form && ['kept', 'same'].includes(end) && isHere(form, one.place)) showStored(form, end);
  };
  const add = (/** @type {import('./parcel.js').Parcel[]} */ some) => {
    if (!some.length) return;
    tray.open();
    queue.add(some);
  };
  if (form) {
    listen(form, words, async (found, wish) => {
      queue.store = await opening;
      add(parcels(found, wish));
    });
  }
  guard(queue, words);
  queue.store = await opening;
  queue.store?.inherit(add);
  element.dataset.ready = 'yes';
}

/** @param {HTMLFormElement} form @param {import('./parcel.js').Place} place */
function isHere({ dataset }, { folder, document }) {
  return document ? String(document) === dataset.document : String(folder) === dataset.folder;
}

let refreshing = 0;

/** @param {HTMLFormElement} form @param {string} end */
function showStored(form, end) {
  // A new version changes the whole page: its number, its history, the next form.
  if (form.dataset.document) {
    return location.assign(`${location.pathname}?done=${end === 'same' ? 'unchanged' : 'revised'}`);
  }
  refreshing ||= setTimeout(async () => {
    refreshing = 0;
    if (await refresh(['list'])) watchReading();
  }, REFRESHED_MILLISECONDS);
}

/** Leaving the page, or signing out, while something is not done. @param {Queue} queue @param {import('./words.js').Words} words */
function guard(queue, words) {
  addEventListener('beforeunload', (event) => {
    const isLost = queue.all().some((one) => one.file && !one.isKept && !REFUSED.includes(one.state));
    if (isLost) event.preventDefault();
  });
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form[action="/signout"]'));
  form?.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (queue.live.size && !confirm(words('leave'))) return;
    await giveUp(queue, queue.all());
    await queue.store?.clear(() => true);
    form.submit();
  });
}
