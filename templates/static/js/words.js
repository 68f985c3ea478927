/**
 * What the tray says, in the language of the page, which brings the sentences.
 * @module words
 */

/** @typedef {(name: string, facts?: Record<string, string | number>) => string} Words '' where there is nothing to say */

/**
 * The sentences, to be filled with facts.
 * @param {Record<string, string | string[]>} known by their names; of two, the second is for several
 * @returns {Words}
 */
export const worded = (known) => (name, facts = {}) => {
  const sentence = [known[name] ?? ''].flat().at(Number(facts.n) > 1 ? -1 : 0);
  return sentence.replace(/{(\w+)}/g, (_, fact) => {
    const shown = facts[fact].toLocaleString(document.documentElement.lang);
    return fact === 'percent' ? `${shown}\u00a0%` : shown;
  });
};
