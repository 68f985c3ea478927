/**
 * The way to the server: open, cut, busy, or closed because nobody is signed in. After a
 * cut one request goes ahead to see, with growing pauses, and at once when a line comes back.
 * @module way
 */

/** @typedef {import('./wire.js').Answer} Answer */

// Browsers open six connections to a server: one stays for the pages.
const CONNECTIONS = 5;
const PAUSES_SECONDS = [1, 2, 4, 8, 15, 30];

/** What all the parcels of this page share. */
export class Way {
  running = 0;
  /** @type {'' | 'cut' | 'busy' | 'out'} */
  trouble = '';
  said = '';
  troubles = 0;
  timer = 0;
  onOpen = () => {};

  /** @param {string} token of this session's forms */
  constructor(token) {
    this.token = token;
    addEventListener('online', () => this.tryAgain());
  }

  /** @returns {boolean} whether one more request may go now */
  get isFree() {
    if (this.trouble === 'out' || this.timer) return false;
    return this.running < (this.trouble ? 1 : CONNECTIONS);
  }

  /** @param {Answer} answer that never came, or says to come again */
  close({ kind, said, seconds }) {
    this.trouble = /** @type {'cut' | 'busy' | 'out'} */ (kind);
    this.said = said;
    if (kind === 'out' || this.timer) return;
    const pause = PAUSES_SECONDS[this.troubles] ?? PAUSES_SECONDS.at(-1);
    this.troubles += 1;
    this.timer = setTimeout(() => this.tryAgain(), 1000 * Math.max(seconds, pause));
  }

  /** The server answered: all may go. */
  open() {
    this.troubles = 0;
    if (!this.trouble || this.trouble === 'out') return;
    this.trouble = '';
    this.onOpen();
  }

  tryAgain() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.onOpen();
  }
}
