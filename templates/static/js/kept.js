/**
 * Words that this browser keeps for its pages; one that refuses keeps them for this page alone.
 * @module kept
 */

/** @type {Record<string, string>} */
const here = {};

/** @param {string} key @returns {string | null | undefined} */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return here[key];
  }
}

/** @param {string} key @param {string} word */
export function keep(key, word) {
  here[key] = word;
  try {
    localStorage.setItem(key, word);
  } catch {
    // Refused by the browser: `here` holds for this page.
  }
}
