/**
 * The tray's lines: one per parcel that is under way, asks something, failed, or has just ended.
 * @module lines
 */

/** @typedef {import('./parcel.js').Parcel} Parcel */
/** @typedef {Omit<Parcel, 'state'> & { state: string }} Shown */

// At most so many of each state: no page holds a thousand lines.
const MOST = { asking: 10, failed: 10, missing: 10, paused: 5, sending: 5, waiting: 5 };

/** @param {Parcel[]} parcels @returns {Shown[]} those that get a line */
export function some(parcels) {
  const left = { ...MOST };
  return parcels.filter((one) => left[one.state]-- > 0);
}

/** The list, kept in step with what it shows; a line never moves, so that focus stays. */
export class Lines {
  /** @param {HTMLElement} list @param {HTMLTemplateElement} template @param {Record<string, string>} words */
  constructor(list, template, words) {
    this.list = list;
    this.template = template;
    this.words = words;
    /** @type {Map<string, HTMLElement>} */
    this.known = new Map();
  }

  /** @param {Shown[]} shown */
  show(shown) {
    const ids = new Set(shown.map((one) => one.id));
    for (const [id, line] of this.known) if (!ids.has(id)) this.remove(id, line);
    for (const one of shown) this.fill(this.known.get(one.id) ?? this.add(one), one);
  }

  /** @param {string} id @param {HTMLElement} line */
  remove(id, line) {
    const hadFocus = line.contains(document.activeElement);
    line.remove();
    this.known.delete(id);
    if (hadFocus) this.list.closest('details')?.querySelector('summary')?.focus();
  }

  /** @param {Shown} one */
  add(one) {
    const line = /** @type {HTMLElement} */ (this.template.content.firstElementChild?.cloneNode(true));
    line.dataset.id = one.id;
    part(line, '[data-name]').textContent = one.name;
    part(line, '[data-name]').id = `name-${one.id}`;
    for (const each of line.querySelectorAll('button')) each.setAttribute('aria-describedby', `name-${one.id}`);
    part(line, 'progress').setAttribute('aria-label', one.name);
    part(line, 'legend').textContent = this.words.taken.replace('{name}', one.name);
    this.known.set(one.id, line);
    this.list.append(line);
    return line;
  }

  /** @param {HTMLElement} line @param {Shown} one */
  fill(line, one) {
    const percent = Math.floor((100 * one.sent) / Math.max(one.size, 1));
    const isEnd = one.state in { kept: 1, same: 1 };
    /** @type {HTMLProgressElement} */ (part(line, 'progress')).value = isEnd ? 100 : percent;
    const fault = one.state === 'failed' ? one.said : one.state === 'missing' ? this.words.missing : '';
    const state = one.state === 'sending' ? `${percent}\u00a0%` : this.words[one.state];
    write(part(line, '[data-fault]'), fault);
    write(part(line, '[data-state]'), fault ? '' : state ?? '');
    part(line, 'a').setAttribute('href', `/documents/${one.place.document}`);
    sift(line, [one.isBehind ? 'behind' : one.state]);
  }
}

/** @param {Element} element @param {string} selector */
export function part(element, selector) {
  return /** @type {HTMLElement} */ (element.querySelector(selector));
}

/** Shows of an element what stands for these states. @param {Element} element @param {string[]} states */
export function sift(element, states) {
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll('[data-when]'))) {
    const when = each.dataset.when?.split(' ') ?? [];
    each.hidden = !when.some((state) => states.includes(state));
  }
}

/** Says a thing once: an alert that is written again is heard again. @param {HTMLElement} element @param {string} words */
export function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
  element.hidden = !words;
}
