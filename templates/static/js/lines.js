/**
 * The tray's lines: one per parcel that is under way, asks something, failed, or has just ended.
 * @module lines
 */
import { REFUSED } from './parcel.js';

/** @typedef {import('./parcel.js').Parcel} Parcel */
/** @typedef {Omit<Parcel, 'state'> & { state: string }} Shown */

// At most so many of each state, and ten of what needs her: no page holds a thousand lines.
const MOST = { paused: 5, sending: 5, waiting: 5 };

/** @param {Parcel[]} parcels @returns {Shown[]} those that get a line */
export function some(parcels) {
  const shown = {};
  return parcels.filter(({ state }) => (shown[state] = (shown[state] ?? 0) + 1) <= (MOST[state] ?? 10));
}

/** The list, kept in step with what it shows. */
export class Lines {
  /** @type {Map<string, HTMLElement>} */
  known = new Map();

  /** @param {HTMLElement} list @param {HTMLTemplateElement} template @param {import('./words.js').Words} words */
  constructor(list, template, words) {
    this.list = list;
    this.template = template;
    this.words = words;
  }

  /** @param {Shown[]} shown */
  show(shown) {
    const ids = new Set(shown.map((one) => one.id));
    for (const [id, line] of this.known) if (!ids.has(id)) this.remove(id, line);
    const isOne = shown.filter((one) => one.state === 'asking').length === 1;
    for (const one of shown) this.fill(this.known.get(one.id) ?? this.add(one), one, isOne ? '' : 'others');
    this.lift();
  }

  /** @param {string} id @param {HTMLElement} line */
  remove(id, line) {
    const hadFocus = line.contains(document.activeElement);
    line.remove();
    this.known.delete(id);
    if (hadFocus) head(this.list).focus();
  }

  /** @param {Shown} one */
  add(one) {
    const line = /** @type {HTMLElement} */ (this.template.content.firstElementChild?.cloneNode(true));
    line.dataset.id = one.id;
    part(line, '[data-name]').textContent = one.name;
    part(line, '[data-path]').textContent = one.path && `${one.path}/`;
    const name = (part(line, 'div').id = `name-${one.id}`);
    for (const each of line.querySelectorAll('button')) each.setAttribute('aria-describedby', name);
    part(line, 'progress').setAttribute('aria-labelledby', name);
    part(line, 'legend').textContent = this.words('taken', { name: one.name });
    const page = one.place.document ? `/documents/${one.place.document}` : '/';
    for (const each of line.querySelectorAll('a')) each.setAttribute('href', page);
    this.known.set(one.id, line);
    this.list.append(line);
    return line;
  }

  /** @param {HTMLElement} line @param {Shown} one @param {string} others 'others' where several ask */
  fill(line, one, others) {
    const percent = Math.floor((100 * one.sent) / Math.max(one.size, 1));
    const isEnd = one.state in { kept: 1, same: 1 };
    /** @type {HTMLProgressElement} */ (part(line, 'progress')).value = isEnd ? 100 : percent;
    const isRefused = REFUSED.includes(one.state);
    const words = (isRefused && one.said) || this.words(one.state, { percent });
    const isFault = isRefused || one.state === 'missing';
    write(part(line, '[data-fault]'), isFault ? words : '');
    write(part(line, '[data-state]'), isFault ? '' : words);
    line.classList.toggle('asks', one.state === 'asking');
    sift(line, [one.state, others]);
  }

  /** Brings those that ask before the others. */
  lift() {
    const asking = [...this.list.querySelectorAll('.asks')];
    if (asking.every((line, rank) => line === this.list.children[rank])) return;
    // What moves loses the focus.
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    this.list.prepend(...asking);
    focused.focus({ preventScroll: true });
  }
}

/** @param {Element} element @param {string} selector */
export function part(element, selector) {
  return /** @type {HTMLElement} */ (element.querySelector(selector));
}

/** The tray's heading. @param {Element} element within the tray @returns {HTMLElement} */
function head(element) {
  return part(/** @type {Element} */ (element.closest('details')), 'summary');
}

/**
 * Shows of an element what stands for these states. The focus on what goes comes to what stays.
 * @param {Element} element @param {string[]} states
 */
export function sift(element, states) {
  const focused = element.contains(document.activeElement) && document.activeElement;
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll('[data-when]'))) {
    const when = each.dataset.when?.split(' ') ?? [];
    each.hidden = !when.some((state) => states.includes(state));
  }
  if (!focused || !focused.closest('[hidden]')) return;
  const controls = /** @type {HTMLElement[]} */ ([...element.querySelectorAll('a, button, input')]);
  (controls.find((each) => !each.closest('[hidden]')) ?? head(element)).focus();
}

/** Says a thing once: an alert that is written again is heard again. @param {HTMLElement} element @param {string} words */
export function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
  element.hidden = !words;
}
