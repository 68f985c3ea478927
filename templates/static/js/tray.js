/**
 * The tray: how many parcels are where, and their lines. It draws a few times a second,
 * however many there are.
 * @module tray
 */
import { Lines, part, sift, some, write } from './lines.js';
import { choose, giveUp, goOn, pause } from './orders.js';
import { REFUSED } from './parcel.js';
import { say } from './toast.js';

/** @typedef {import('./parcel.js').Parcel} Parcel */
/** @typedef {import('./parcel.js').Taken} Taken */

const DRAWN_MILLISECONDS = 200;
const STEPS = [25, 50, 75];
const ENDED_LINES = 5;
const HER_TURN = ['asking', 'missing', ...REFUSED];
// So that a thousand tiny files weigh something in the whole.
const EACH_BYTES = 2 ** 16;
const ORDERS = { pause, goOn, giveUp };

/** The tray of this page. */
export class Tray {
  timer = 0;
  isOpen = false;

  /** @param {HTMLElement} element @param {import('./queue.js').Queue} queue @param {import('./words.js').Words} words */
  constructor(element, queue, words) {
    this.element = element;
    this.queue = queue;
    this.words = words;
    this.box = /** @type {HTMLDetailsElement} */ (part(element, 'details'));
    const template = /** @type {HTMLTemplateElement} */ (part(element, 'template'));
    this.lines = new Lines(part(element, 'ul'), template, words);
    this.begin();
    queue.onChange = () => (this.timer ||= setTimeout(() => this.draw(), DRAWN_MILLISECONDS));
    element.addEventListener('click', (event) => this.obey(/** @type {Element} */ (event.target)));
    document.addEventListener('focusin', (event) => this.makeWay(/** @type {Element} */ (event.target)));
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !element.hidden) this.close();
    });
  }

  /** Nothing that the keyboard comes to stays under it (WCAG 2.4.11). @param {Element} focused */
  makeWay(focused) {
    if (this.element.hidden || this.element.contains(focused) || !focused.matches(':focus-visible')) return;
    const [one, other] = [focused, this.element].map((each) => each.getBoundingClientRect());
    if (one.right < other.left || one.bottom < other.top) return;
    this.box.open = false;
    focused.scrollIntoView({ block: 'center' });
  }

  /** Counts from nothing. */
  begin() {
    this.step = 0;
    this.turns = 0;
    this.endedBytes = 0;
    /** @type {string[]} */
    this.ends = [];
    /** @type {import('./lines.js').Shown[]} */
    this.ended = [];
  }

  /** Before more are added: it comes with the first lines. */
  open() {
    if (!this.queue.live.size) this.begin();
    this.isOpen = this.box.open = true;
  }

  /** Out of the way; while something goes on, its head stays. */
  close() {
    if (this.element.contains(document.activeElement)) document.getElementById('main')?.focus();
    this.box.open = false;
    this.isOpen = this.queue.live.size > 0;
    this.element.hidden = !this.isOpen;
  }

  /** @param {Parcel} one @param {import('./parcel.js').End} state */
  end(one, state) {
    this.ends.push(state);
    this.endedBytes += one.size + EACH_BYTES;
    this.ended = [...this.ended, { ...one, state }].slice(-ENDED_LINES);
  }

  /** @param {Element} target */
  obey(target) {
    const button = target.closest('button');
    const line = button?.closest('li');
    const live = this.queue.all();
    const meant = line ? live.filter((one) => one.id === line.dataset.id) : live;
    const { order = '', taken } = button?.dataset ?? {};
    if (order === 'close') this.close();
    else ORDERS[order]?.(this.queue, meant);
    if (!taken || !line) return;
    const isForAll = /** @type {HTMLInputElement} */ (part(line, 'input')).checked;
    const asked = isForAll ? live.filter((one) => one.taken === 'ask') : meant;
    choose(this.queue, asked, /** @type {Taken} */ (taken));
  }

  draw() {
    this.timer = 0;
    if (!this.isOpen) return;
    const live = this.queue.all();
    const states = live.map((one) => String(one.state));
    const all = [...states, ...this.ends];
    const facts = { n: this.ends.length, all: all.length };
    const number = (/** @type {string[]} */ ...these) => all.filter((state) => these.includes(state)).length;
    const asks = number('asking');
    const numbers = { sames: number('same'), skips: number('skipped'), fails: number(...REFUSED), waits: asks };
    const told = Object.entries(numbers).map(([name, n]) => n && this.words(name, { n }));
    const count = [this.words('progress', facts), ...told].filter(Boolean);
    part(this.element, '[data-count]').textContent = count.join(', ');
    this.element.hidden = !facts.all;
    this.lines.show([...this.ended, ...some(live)]);
    const turns = number(...HER_TURN);
    // It unfolds when something needs her; a failure tells by itself.
    if (turns > this.turns) this.box.open = true;
    if (turns > this.turns && asks) say(this.words('asks', { n: asks }));
    this.turns = turns;
    sift(part(this.element, '[data-all]'), live.length > 1 ? states : []);
    this.tell(live, facts);
  }

  /** @param {Parcel[]} live @param {Record<string, number>} facts */
  tell(live, facts) {
    const left = live.reduce((sum, one) => sum + one.size + EACH_BYTES, 0);
    const sent = live.reduce((sum, one) => sum + one.sent, 0) + this.endedBytes;
    const percent = Math.floor((100 * sent) / Math.max(left + this.endedBytes, 1));
    /** @type {HTMLProgressElement} */ (part(this.element, '[data-whole]')).value = percent;
    const { trouble, said } = this.queue.way;
    const isHeld = live.some((one) => one.state === 'waiting' || one.state === 'sending');
    const words = (trouble === 'busy' && said) || this.words(trouble, { percent });
    write(part(this.element, '[data-trouble]'), isHeld ? words : '');
    part(this.element, '[data-signin]').hidden = trouble !== 'out';
    const step = STEPS.findLast((each) => each > this.step && each <= percent);
    if (!live.length && this.step < 100) {
      this.step = 100;
      say(this.words('ended', facts));
    } else if (step) say(this.words('sent', { percent: (this.step = step) }));
  }
}
