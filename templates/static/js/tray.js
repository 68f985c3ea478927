/**
 * The tray of deposits under way: one line per file, with its progress and its end.
 * @module tray
 */
import { say } from './toast.js';

const STEPS = [25, 50, 75, 100];

/** One file in the tray. */
export class Line {
  /**
   * @param {string} name
   * @param {Record<string, string>} words
   */
  constructor(name, words) {
    this.name = name;
    this.words = words;
    this.percent = 0;
    this.isCancelled = false;
    this.isUnchanged = false;
    /** @type {() => void} */
    this.onCancel = () => this.cancelled();
    /** @type {() => void} */
    this.onRetry = () => {};
    this.element = added();
    this.part('[data-name]').textContent = name;
    this.bar = /** @type {HTMLProgressElement} */ (this.part('progress'));
    this.bar.setAttribute('aria-label', name);
    this.part('[data-cancel]').addEventListener('click', () => this.onCancel());
    this.part('[data-retry]').addEventListener('click', () => this.onRetry());
  }

  /** @param {string} selector */
  part(selector) {
    return /** @type {HTMLElement} */ (this.element.querySelector(selector));
  }

  wait() {
    this.percent = 0;
    this.isCancelled = false;
    this.onCancel = () => this.cancelled();
    this.bar.value = 0;
    this.show({ state: this.words.waiting, mayCancel: true });
  }

  /**
   * @param {number} loaded
   * @param {number} total in bytes
   */
  progress(loaded, total) {
    const before = this.percent;
    this.percent = Math.floor((100 * loaded) / Math.max(total, 1));
    this.bar.value = this.percent;
    this.part('[data-state]').textContent = this.percent + '\u00a0%';
    const step = STEPS.findLast((each) => each > before && each <= this.percent);
    if (step) say(this.filled(this.words.sent, step));
  }

  /**
   * @param {number} status
   * @param {string} body
   * @returns {boolean} whether the server keeps the file
   */
  answered(status, body) {
    if (status >= 200 && status < 300) {
      // 201 made a version; 200 says that this very content was the current one already.
      this.isUnchanged = status === 200;
      this.bar.value = 100;
      this.show({ state: this.isUnchanged ? this.words.same : this.words.kept });
      say(this.filled(this.isUnchanged ? this.words.same : this.words.done, 100));
      return true;
    }
    const said = sentences(body);
    if (!said) return this.cut();
    this.show({ fault: `${said.happened} ${said.kept} ${said.next}`, mayRetry: status >= 429 });
    return false;
  }

  cut() {
    this.show({ fault: this.filled(this.words.cut, this.percent), mayRetry: true });
    return false;
  }

  cancelled() {
    this.isCancelled = true;
    this.show({ state: this.words.cancelled, mayRetry: true });
    return false;
  }

  /** @param {string} fault */
  refuse(fault) {
    this.show({ fault });
  }

  /** @param {{ state?: string, fault?: string, mayCancel?: boolean, mayRetry?: boolean }} now */
  show({ state = '', fault = '', mayCancel = false, mayRetry = false }) {
    const box = this.part('[data-fault]');
    this.part('[data-state]').textContent = state;
    this.part('[data-cancel]').hidden = !mayCancel;
    this.part('[data-retry]').hidden = !mayRetry;
    this.bar.hidden = Boolean(fault);
    box.hidden = !fault;
    if (fault) box.setAttribute('role', 'alert');
    box.textContent = fault;
  }

  /** @param {string} words @param {number} percent */
  filled(words, percent) {
    return words.replace('{name}', this.name).replace('{percent}', percent + '\u00a0%');
  }
}

/** @returns {HTMLElement} a new line at the top of the tray, which it opens */
function added() {
  const tray = /** @type {HTMLElement} */ (document.getElementById('tray'));
  const template = /** @type {HTMLTemplateElement} */ (tray.querySelector('template'));
  const line = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  if (tray.hidden) open(tray);
  tray.querySelector('ul')?.prepend(line);
  return line;
}

/** @param {HTMLElement} tray which Escape closes too: it may lie over what has the focus */
function open(tray) {
  const opened = new AbortController();
  const close = (/** @type {Event} */ event) => {
    if (event instanceof KeyboardEvent && event.key !== 'Escape') return;
    if (tray.contains(document.activeElement)) document.getElementById('main')?.focus();
    tray.hidden = true;
    opened.abort();
  };
  tray.hidden = false;
  tray.querySelector('[data-close]')?.addEventListener('click', close, opened);
  document.addEventListener('keydown', close, opened);
}

/**
 * @param {string} body
 * @returns {{ title: string, happened: string, kept: string, next: string } | null}
 */
function sentences(body) {
  try {
    const said = JSON.parse(body);
    return typeof said.happened === 'string' ? said : null;
  } catch {
    return null;
  }
}
