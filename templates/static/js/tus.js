/**
 * How a file goes to the server: a small one whole in one request, a larger one in pieces
 * that go on where they stopped (tus 1.0).
 * @module tus
 */
import { isReadable } from './parcel.js';
import { ask, judged } from './wire.js';

/** @typedef {import('./parcel.js').Parcel} Parcel */
/** @typedef {import('./wire.js').Answer} Answer */
/** @typedef {import('./wire.js').Reply} Reply */

const ADDRESS = '/deposits/';
const BYTES = { 'Content-Type': 'application/offset+octet-stream' };
const SHORT_BYTES = 2 ** 20;
// Pieces grow while they arrive: a bad connection loses little, a good one asks seldom.
const FIRST_PIECE_BYTES = 8 * 2 ** 20;
const LARGEST_PIECE_BYTES = 64 * 2 ** 20;
/** @type {Answer} */
const STOPPED = { kind: 'stopped', said: '', outcome: '', seconds: 0 };

/** One parcel's way. Its `key` and `sent` tell how far it came. */
export class Sending {
  /**
   * @param {Parcel} parcel
   * @param {string} token
   * @param {import('./wire.js').Watch & { onBegun?: () => void, onHeard?: () => void }} [watch]
   */
  constructor(parcel, token, watch = {}) {
    this.parcel = parcel;
    this.token = token;
    this.watch = watch;
  }

  /** Sends what the server does not have yet. @param {Blob} file @returns {Promise<Answer>} */
  async send(file) {
    if (file.size <= SHORT_BYTES) return judged(await this.create(file, true));
    let answer = this.parcel.key ? await this.find() : await this.begin(file);
    for (let size = FIRST_PIECE_BYTES; !answer; size = Math.min(2 * size, LARGEST_PIECE_BYTES)) {
      const isWanted = this.parcel.state === 'sending' && !this.parcel.isGivenUp;
      answer = isWanted ? await this.sendPiece(file, size) : STOPPED;
    }
    return answer;
  }

  /** Has the server forget it. @returns {Promise<Answer | null>} what it became, had it arrived whole */
  async drop() {
    if (!this.parcel.key) return null;
    const reply = await this.ask('HEAD');
    if (reply.header('Atelier-Outcome')) return judged(reply);
    await this.ask('DELETE');
    return null;
  }

  /** @param {string} method @param {Omit<import('./wire.js').Carried, 'token'>} [carried] */
  ask(method, carried) {
    return ask(method, this.parcel.key, { token: this.token, ...carried });
  }

  /** @param {Blob} file @param {boolean} isWhole */
  create(file, isWhole) {
    const headers = { 'Upload-Length': String(file.size), 'Upload-Metadata': metadata(this.parcel) };
    const whole = { headers: { ...headers, ...BYTES }, body: file, watch: this.watch };
    return ask('POST', ADDRESS, { token: this.token, headers, ...(isWhole && whole) });
  }

  /** @param {Blob} file */
  async begin(file) {
    const reply = await this.create(file, false);
    if (reply.status !== 201) return judged(reply);
    this.parcel.key = new URL(reply.header('Location'), location.origin).pathname;
    this.parcel.sent = 0;
    this.watch.onBegun?.();
    this.watch.onHeard?.();
    return null;
  }

  /** How far it came: the server knows best. */
  async find() {
    return this.learn(await this.ask('HEAD'), 200);
  }

  /** @param {Blob} file @param {number} size @returns {Promise<Answer | null>} null to go on */
  async sendPiece(file, size) {
    const from = this.parcel.sent;
    // Never the beginning of one file with the end of another.
    if (from && !(await isReadable(file))) return { ...STOPPED, kind: 'cut' };
    const reply = await this.ask('PATCH', {
      headers: { ...BYTES, 'Upload-Offset': String(from) },
      body: file.slice(from, from + size),
      watch: { ...this.watch, onSent: (bytes) => this.watch.onSent?.(from + bytes) },
    });
    return reply.told.error === 'offset_mismatch' ? this.find() : this.learn(reply, 204);
  }

  /** @param {Reply} reply @param {number} good status @returns {Answer | null} null to go on */
  learn(reply, good) {
    if (reply.header('Atelier-Outcome')) return judged(reply);
    if (reply.status === good) {
      this.parcel.sent = Number(reply.header('Upload-Offset'));
      this.watch.onHeard?.();
      return null;
    }
    if (reply.status !== 404 && reply.status !== 410) return judged(reply);
    // It expired or was never hers: from the beginning, which tells what there is to tell.
    this.parcel.key = '';
    this.parcel.sent = 0;
    return { ...judged(reply), kind: 'busy', said: '', seconds: 1 };
  }
}

/** @param {Parcel} parcel */
function metadata({ name, place, path, taken, comment }) {
  const asked = taken === 'ask' || taken === 'skip' ? 'refuse' : taken;
  const known = { filename: name, ...place, path, taken: place.document ? '' : asked, comment };
  const pairs = Object.entries(known).filter(([, value]) => value);
  return pairs.map(([key, value]) => `${key} ${encoded(String(value))}`).join(',');
}

/** @param {string} text */
function encoded(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
