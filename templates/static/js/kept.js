/**
 * Whether this browser may keep parcels from before: cheap to ask on each page.
 * @module kept
 */

const KEY = 'atelier.deposits';

/** @returns {boolean} */
export function mayHoldSome() {
  try {
    return localStorage.getItem(KEY) === 'some';
  } catch {
    return false;
  }
}

/** @param {boolean} isSome */
export function remember(isSome) {
  try {
    localStorage[isSome ? 'setItem' : 'removeItem'](KEY, 'some');
  } catch {
    // Refused by the browser: the pages with a form of deposit look by themselves.
  }
}
