/**
 * Deposits with progress: files chosen or dropped go one after the other as raw
 * bodies; the tray shows each. Without this module the form sends them all at once.
 * @module deposit
 */
import { refresh } from './fragments.js';
import { start as watchReading } from './reading.js';
import { Line } from './tray.js';

/** @typedef {{ file: File, line: Line }} Waiting */

/** One form of deposit: into a folder, or a new version of one document. */
class Deposits {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.address = form.dataset.deposit ?? '';
    this.isOne = 'one' in form.dataset;
    this.maxBytes = Number(form.dataset.maxBytes);
    /** @type {Record<string, string>} */
    this.words = JSON.parse(form.dataset.words ?? '{}');
    /** @type {Waiting[]} */
    this.waiting = [];
    this.isSending = false;
    this.stored = 0;
    this.outcome = 'revised';
  }

  /** @param {File[]} files */
  add(files) {
    for (const file of this.isOne ? files.slice(0, 1) : files) {
      const line = new Line(file.name, this.words);
      line.onRetry = () => this.queue(file, line);
      if (file.size > this.maxBytes) line.refuse(this.words.heavy.replace('{name}', file.name));
      else this.queue(file, line);
    }
  }

  /**
   * @param {File} file
   * @param {Line} line
   */
  queue(file, line) {
    line.wait();
    this.waiting.push({ file, line });
    if (!this.isSending) this.sendAll();
  }

  async sendAll() {
    this.isSending = true;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (next.line.isCancelled || !(await this.send(next.file, next.line))) continue;
      this.stored += 1;
      this.outcome = next.line.isUnchanged ? 'unchanged' : 'revised';
    }
    this.isSending = false;
    if (this.stored) await this.showStored();
  }

  async showStored() {
    this.stored = 0;
    this.form.reset();
    // A new version changes the whole page: its number, its history, the next form.
    if (this.isOne) location.assign(`${location.pathname}?done=${this.outcome}`);
    else if (await refresh(['list'])) watchReading();
  }

  /**
   * @param {File} file
   * @param {Line} line
   * @returns {Promise<boolean>} whether the server keeps it
   */
  send(file, line) {
    const token = /** @type {HTMLInputElement} */ (this.form.elements.namedItem('form_token'));
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open('PUT', this.isOne ? this.address : this.address + encodeURIComponent(file.name));
      request.setRequestHeader('X-Form-Token', token.value);
      request.setRequestHeader('Accept', 'application/json');
      request.upload.onprogress = (event) => line.progress(event.loaded, event.total);
      request.onload = () => resolve(line.answered(request.status, request.responseText));
      request.onerror = () => resolve(line.cut());
      request.onabort = () => resolve(line.cancelled());
      line.onCancel = () => request.abort();
      request.send(file);
    });
  }
}

/** @param {HTMLElement} element */
export function start(element) {
  const form = /** @type {HTMLFormElement} */ (element);
  const deposits = new Deposits(form);
  const picker = /** @type {HTMLInputElement} */ (form.querySelector('input[type="file"]'));
  for (const hint of form.querySelectorAll('[data-scripted]')) hint.removeAttribute('hidden');
  form.addEventListener('submit', (event) => {
    const comment = /** @type {HTMLInputElement | null} */ (form.elements.namedItem('comment'));
    // A comment goes with the ordinary form, which carries it.
    if (comment?.value.trim() || !picker.files?.length) return;
    event.preventDefault();
    deposits.add([...picker.files]);
  });
  acceptDrops(form, deposits);
  window.addEventListener('beforeunload', (event) => {
    if (deposits.isSending) event.preventDefault();
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {Deposits} deposits
 */
function acceptDrops(form, deposits) {
  const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files');
  document.addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    form.closest('details')?.setAttribute('open', '');
    form.classList.add('is-over');
  });
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) form.classList.remove('is-over');
  });
  document.addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    form.classList.remove('is-over');
    deposits.add(filesOf(/** @type {DataTransfer} */ (event.dataTransfer), deposits));
  });
}

/**
 * @param {DataTransfer} dropped
 * @param {Deposits} deposits
 */
function filesOf(dropped, deposits) {
  const files = [];
  for (const item of dropped.items) {
    const file = item.getAsFile();
    if (!file) continue;
    if (!item.webkitGetAsEntry?.()?.isDirectory) files.push(file);
    else new Line(file.name, deposits.words).refuse(deposits.words.folder.replace('{name}', file.name));
  }
  return files;
}
