/**
 * Parcels outlive the page: the browser's own database keeps them, files and all, for the
 * person who is signed in, until they end or she signs out. Each belongs to one tab; a tab
 * that goes leaves its own to the others.
 * @module store
 */
import { answered, hold, opened } from './base.js';
import { keep } from './kept.js';
import { identity } from './parcel.js';

/** @typedef {import('./parcel.js').Parcel} Parcel */

const NAME = 'atelier.deposits';
// As long as the server keeps what arrived of one.
const KEPT_MILLISECONDS = 7 * 24 * 3600 * 1000;
// Written at once: files are copied, which must not hold up what is being sent.
const BATCH = 50;
const FIRST_REST_MILLISECONDS = 300;
const INLINE_BYTES = 2 ** 16;
const FORGOTTEN_MILLISECONDS = 300;

/** The parcels of one person in this browser. */
export class Store {
  tab = identity();
  /** @type {Parcel[]} */
  ended = [];
  timer = 0;

  /** @param {IDBDatabase} base @param {number} person */
  constructor(base, person) {
    this.base = base;
    this.person = person;
    addEventListener('pagehide', () => this.flush());
  }

  /** @param {number} person @returns {Promise<Store | null>} null where the browser has none, or refuses */
  static async open(person) {
    if (!navigator.locks || !window.indexedDB) return null;
    try {
      const store = new Store(await opened(NAME), person);
      await hold(`${NAME}.${store.tab}`);
      await store.clear((one) => one.person !== person || Date.now() - one.at > KEPT_MILLISECONDS);
      return store;
    } catch {
      return null;
    }
  }

  /** @returns {Promise<Parcel[]>} without their files, as they were asked for */
  async all() {
    const found = await answered(this.base.transaction('parcels').objectStore('parcels').getAll());
    return found.sort((one, other) => one.at - other.at || one.rank - other.rank);
  }

  /** Gives what tabs left that are no more, now or once they go. @param {(left: Parcel[]) => void} give */
  async inherit(give) {
    for (const tab of new Set((await this.all()).map((one) => one.tab))) {
      navigator.locks.request(`${NAME}.${tab}`, async () => {
        const left = (await this.all()).filter((one) => one.tab === tab);
        await this.write(left);
        give(left.map((one) => ({ ...one, isKept: true })));
      });
    }
  }

  /** Keeps new ones, last first: the first are soon sent. @param {Parcel[]} parcels @param {(one: Parcel) => boolean} isWanted still */
  async keep(parcels, isWanted) {
    let rest = FIRST_REST_MILLISECONDS;
    for (let end = parcels.length; end > 0; end -= BATCH) {
      // What is sent before its turn needs not be kept; and sending comes first.
      await new Promise((resolve) => setTimeout(resolve, rest));
      const began = performance.now();
      const batch = parcels.slice(Math.max(0, end - BATCH), end).filter(isWanted);
      const files = await Promise.all(batch.map((one) => kept(/** @type {Blob} */ (one.file))));
      // Where there is no room for the files, their names at least: she is asked for them.
      if (!(await this.write(batch, files))) await this.write(batch);
      this.forget(batch.filter((one) => !isWanted(one)));
      rest = performance.now() - began;
    }
  }

  /** @param {Parcel[]} parcels @param {Array<Blob | ArrayBuffer | null>} [files] @returns {Promise<boolean>} whether it was done */
  async write(parcels, files = []) {
    const isDone = await this.change((records, contents) => {
      parcels.forEach(({ file, abort, ...record }, rank) => {
        records.put({ ...record, tab: this.tab, person: this.person });
        if (files[rank]) contents.put(files[rank], record.id);
      });
    });
    if (parcels.length) keep(NAME, 'some');
    parcels.forEach((one, rank) => (one.isKept ||= isDone && Boolean(files[rank])));
    return isDone;
  }

  /** @param {Parcel} one @returns {Promise<Blob | null>} */
  async file(one) {
    try {
      const found = await answered(this.base.transaction('files').objectStore('files').get(one.id));
      return found ? new Blob([found]) : null;
    } catch {
      return null;
    }
  }

  /** Drops what ended, several at once. @param {Parcel[]} parcels */
  forget(parcels) {
    this.ended.push(...parcels);
    this.timer ||= setTimeout(() => this.flush(), FORGOTTEN_MILLISECONDS);
  }

  async flush() {
    const ended = this.ended.splice(0);
    this.timer = 0;
    await this.change((records, contents) => {
      for (const { id } of ended) for (const each of [records, contents]) each.delete(id);
    });
  }

  /** @param {(records: IDBObjectStore, contents: IDBObjectStore) => void} act @returns {Promise<boolean>} */
  change(act) {
    return new Promise((resolve) => {
      try {
        const work = this.base.transaction(['parcels', 'files'], 'readwrite', { durability: 'relaxed' });
        work.oncomplete = () => resolve(true);
        work.onabort = () => resolve(false);
        act(work.objectStore('parcels'), work.objectStore('files'));
      } catch {
        // The browser closed it, to make room or at her wish.
        resolve(false);
      }
    });
  }

  /** @param {(one: Parcel) => boolean} isUnwanted */
  async clear(isUnwanted) {
    const all = await this.all();
    const unwanted = all.filter(isUnwanted);
    this.forget(unwanted);
    await this.flush();
    if (unwanted.length === all.length) keep(NAME, '');
  }
}

/** Small files go into the record itself, which costs far less. @param {Blob} file @returns {Promise<Blob | ArrayBuffer | null>} */
async function kept(file) {
  if (file.size > INLINE_BYTES) return file;
  return file.arrayBuffer().catch(() => null);
}
