/**
 * What the tray says, in the language of the page, which brings the sentences.
 * @module words
 */

/** The sentences, to be filled with facts. */
export class Words {
  /** @param {Record<string, string | string[]>} known by their names; of two, the second is for several */
  constructor(known) {
    this.known = known;
  }

  /** @param {string} name @param {Record<string, string | number>} [facts] @returns {string} '' where there is nothing to say */
  say(name, facts = {}) {
    const sentence = [this.known[name] ?? ''].flat().at(Number(facts.n) > 1 ? -1 : 0);
    return sentence.replace(/{(\w+)}/g, (_, fact) => {
      const shown = facts[fact].toLocaleString(document.documentElement.lang);
      return fact === 'percent' ? `${shown}\u00a0%` : shown;
    });
  }
}
