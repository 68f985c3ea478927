/**
 * A parcel: one file on its way, from the moment it is asked for until its end.
 * @module parcel
 */

/** @typedef {'waiting' | 'sending' | 'paused' | 'asking' | 'failed' | 'behind' | 'aside' | 'heavy' | 'missing'} State */
/** @typedef {'kept' | 'same' | 'skipped' | 'cancelled' | 'left'} End `left`: of hers set aside, off the list */
/** @typedef {'ask' | 'revise' | 'keep_both' | 'skip'} Taken what to do when the name is in use */
/** @typedef {{ folder?: number, document?: number, expected?: number }} Place */
/** @typedef {{ place: Place, taken: Taken, comment: string }} Wish what is the same for all of a drop */
/** @typedef {{ file: File | null, name: string, path: string }} Found */
/**
 * @typedef {object} Parcel
 * @property {string} id
 * @property {number} at when it was asked for, in milliseconds
 * @property {number} rank among those asked for together
 * @property {Place} place
 * @property {string} path of the folders below that place, with `/`
 * @property {string} name
 * @property {number} size in bytes
 * @property {number} modified as its file says
 * @property {Taken} taken
 * @property {Taken} [tried] as it went last: she may have chosen meanwhile
 * @property {string} comment
 * @property {State} state
 * @property {string} key its address on the server, once it has one
 * @property {number} sent bytes that the server has
 * @property {string} said why it failed
 * @property {number} [person] whose it is
 * @property {string} [tab] that sends it
 * @property {boolean} [isKept] in the browser's database, its file too
 * @property {boolean} [isGivenUp] while its only request is under way
 * @property {Blob | null} [file]
 * @property {() => void} [abort] the request under way
 */

// The server's last words: to try again may help a failed one alone. Another version came
// before one that is behind; its bytes may have been set aside for her.
export const REFUSED = ['failed', 'behind', 'aside', 'heavy'];

/**
 * @param {Found[]} found
 * @param {Wish} wish
 * @returns {Parcel[]}
 */
export function parcels(found, wish) {
  const at = Date.now();
  return found.map(({ file, name, path }, rank) => ({
    ...wish,
    id: identity(),
    at,
    rank,
    path,
    name,
    size: file?.size ?? 0,
    modified: file?.lastModified ?? 0,
    state: file ? 'waiting' : 'missing',
    key: '',
    sent: 0,
    said: '',
    file,
  }));
}

/**
 * Whether a file still is what she brought. Browsers that send one read what is on the disk
 * now, and only tell when they read it for a page.
 * @param {Blob} file
 */
export async function isReadable(file) {
  return file.slice(0, 1).arrayBuffer().then(() => true, () => false);
}

/** @returns {string} what no other has; `randomUUID` is not everywhere */
export function identity() {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
