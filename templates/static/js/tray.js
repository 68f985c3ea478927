/**
 * The tray: how many parcels are where, and their lines. It draws a few times a second,
 * however many there are.
 * @module tray
 */
import { Lines, part, sift, some, write } from './lines.js';
import { choose, giveUp, goOn, pause } from './orders.js';
import { say } from './toast.js';

/** @typedef {import('./parcel.js').Parcel} Parcel */
/** @typedef {import('./parcel.js').Taken} Taken */

const DRAWN_MILLISECONDS = 200;
const STEPS = [25, 50, 75];
const ENDED_LINES = 5;
const HER_TURN = ['asking', 'failed', 'missing'];
// So that a thousand tiny files weigh something in the whole.
const EACH_BYTES = 2 ** 16;
const ORDERS = { pause, goOn, giveUp };

/** The tray of this page. */
export class Tray {
  /** @param {HTMLElement} element @param {import('./queue.js').Queue} queue @param {Record<string, string>} words */
  constructor(element, queue, words) {
    this.element = element;
    this.queue = queue;
    this.words = words;
    this.box = /** @type {HTMLDetailsElement} */ (part(element, 'details'));
    const template = /** @type {HTMLTemplateElement} */ (part(element, 'template'));
    this.lines = new Lines(part(element, 'ul'), template, words);
    this.timer = 0;
    this.begin();
    queue.onChange = () => (this.timer ||= window.setTimeout(() => this.draw(), DRAWN_MILLISECONDS));
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
    /** @type {Record<string, number>} */
    this.ends = { kept: 0, same: 0, skipped: 0, cancelled: 0 };
    /** @type {import('./lines.js').Shown[]} */
    this.ended = [];
  }

  /** Before more are added. */
  open() {
    if (!this.queue.live.size) this.begin();
    this.element.hidden = false;
    this.box.open = true;
  }

  /** Out of the way; while something goes on, its head stays. */
  close() {
    if (this.element.contains(document.activeElement)) document.getElementById('main')?.focus();
    this.box.open = false;
    this.element.hidden = !this.queue.live.size;
  }

  /** @param {Parcel} one @param {import('./parcel.js').End} state */
  end(one, state) {
    this.ends[state] += 1;
    this.endedBytes += one.size + EACH_BYTES;
    this.ended = [...this.ended, { ...one, state }].slice(-ENDED_LINES);
  }

  /** @param {Element} target */
  obey(target) {
    const button = target.closest('button');
    const line = button?.closest('li');
    const live = [...this.queue.live.values()];
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
    if (this.element.hidden) return;
    const live = [...this.queue.live.values()];
    const states = live.map((one) => String(one.state));
    const ended = Object.values(this.ends).reduce((sum, each) => sum + each, 0);
    const facts = { n: ended, all: live.length + ended };
    const count = [this.said('progress', facts)];
    if (this.ends.same) count.push(this.said('sames', { n: this.ends.same }));
    if (this.ends.skipped) count.push(this.said('skips', { n: this.ends.skipped }));
    const failed = states.filter((state) => state === 'failed').length;
    if (failed) count.push(this.said('fails', { n: failed }));
    part(this.element, '[data-count]').textContent = count.join(', ');
    this.lines.show([...this.ended, ...some(live)]);
    const turns = states.filter((state) => HER_TURN.includes(state)).length;
    // It unfolds when something needs her; a failure tells by itself.
    if (turns > this.turns) this.box.open = true;
    const asking = states.filter((state) => state === 'asking').length;
    if (turns > this.turns && asking) say(this.said('asks', { n: asking }));
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
    const words = (trouble === 'busy' && said) || this.said(trouble || 'sent', { percent });
    write(part(this.element, '[data-trouble]'), trouble && isHeld ? words : '');
    part(this.element, '[data-signin]').hidden = trouble !== 'out';
    const step = STEPS.findLast((each) => each > this.step && each <= percent);
    if (!live.length && this.step < 100) {
      this.step = 100;
      say(this.said('ended', facts));
    } else if (step) say(this.said('sent', { percent: (this.step = step) }));
  }

  /** @param {string} word @param {Record<string, number>} facts */
  said(word, facts) {
    return Object.entries(facts).reduce((text, [name, value]) => {
      const figure = value.toLocaleString(document.documentElement.lang);
      return text.replace(`{${name}}`, name === 'percent' ? `${figure}\u00a0%` : figure);
    }, this.words[word]);
  }
}
