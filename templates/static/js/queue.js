/**
 * The queue of parcels: several go at a time, each with its pause, its question and its
 * end; cuts and reloads do not empty it.
 * @module queue
 */
import { isReadable } from './parcel.js';
import { Sending } from './tus.js';

/** @typedef {import('./parcel.js').Parcel} Parcel */
/** @typedef {import('./parcel.js').End} End */
/** @typedef {import('./wire.js').Answer} Answer */

/** All the parcels of this tab. */
export class Queue {
  /** @type {import('./store.js').Store | null} */
  store = null;
  /** @type {Map<string, Parcel>} those that have not ended */
  live = new Map();
  /** @returns {Parcel[]} */
  all = () => [...this.live.values()];
  /** @type {(one: Parcel, end: End) => void} */
  onEnd = () => {};
  onChange = () => {};

  /** @param {import('./way.js').Way} way */
  constructor(way) {
    this.way = way;
    way.onOpen = () => this.pump();
  }

  /** @param {Parcel[]} parcels new ones, or those that a page before left */
  add(parcels) {
    const fresh = parcels.filter((one) => !this.isFound(one));
    for (const one of fresh) {
      if (one.state === 'sending') one.state = 'waiting';
      this.live.set(one.id, one);
    }
    this.store?.keep(fresh.filter((one) => one.file), (one) => one.state !== 'heavy' && this.live.has(one.id));
    this.pump();
  }

  /** Whether it is the file that another waits for. @param {Parcel} one */
  isFound(one) {
    const isIt = (/** @type {Parcel} */ each) => each.name === one.name && each.path === one.path;
    const known = this.all().find((each) => each.state === 'missing' && isIt(each));
    if (!known || !one.file) return false;
    known.file = one.file;
    if (known.size !== one.size || known.modified !== one.modified) {
      new Sending({ ...known }, this.way.token).drop();
      Object.assign(known, { key: '', size: one.size, modified: one.modified });
    }
    this.change(known, 'waiting');
    return true;
  }

  pump() {
    for (const one of this.live.values()) {
      if (!this.way.isFree) break;
      if (one.state === 'waiting') this.run(one);
    }
    this.onChange();
  }

  /** @param {Parcel} one */
  async run(one) {
    this.way.running += 1;
    one.state = 'sending';
    if (!one.key) one.sent = 0;
    const file = one.file ?? (await this.store?.file(one));
    const isThere = file && (!one.tried || (await isReadable(file)));
    one.tried = one.taken;
    const answer = isThere ? await this.sent(one, file) : null;
    const isDoubtful = ['cut', 'failed'].includes(answer?.kind);
    const isLost = !answer || (isDoubtful && file && !(await isReadable(file)));
    this.way.running -= 1;
    one.abort = undefined;
    if (isLost) this.miss(one);
    else this.settle(one, answer);
    this.pump();
  }

  /** @param {Parcel} one @param {Blob} file */
  sent(one, file) {
    return new Sending(one, this.way.token, {
      onBegun: () => this.store?.write([one]),
      onHeard: () => this.way.open(),
      onSent: (bytes) => {
        one.sent = Math.min(bytes, one.size);
        this.onChange();
      },
      onAbortable: (abort) => {
        // A deposit may be done, or begun, by the time its request is given up: its answer counts.
        if (one.key) one.abort = abort;
      },
    }).send(file);
  }

  /** @param {Parcel} one whose file can no longer be read: the copy that was kept, or hers again */
  miss(one) {
    const hasCopy = one.file && one.isKept;
    one.file = null;
    this.change(one, hasCopy ? 'waiting' : 'missing');
  }

  /** @param {Parcel} one @param {Answer} answer */
  settle(one, answer) {
    const { kind } = answer;
    if (kind === 'stopped' && one.isGivenUp) this.drop(one);
    if (kind === 'stopped' || !this.live.has(one.id)) return;
    const isClosed = ['cut', 'busy', 'out'].includes(kind);
    if (isClosed) this.way.close(answer);
    else this.way.open();
    if (kind === 'kept') this.end(one, answer.outcome === 'unchanged' ? 'same' : 'kept');
    else if (one.isGivenUp) this.end(one, 'cancelled');
    else if (isClosed) one.state = one.state === 'sending' ? 'waiting' : one.state;
    else if (kind === 'taken' && one.taken === 'skip') this.end(one, 'skipped');
    else if (kind === 'taken') this.change(one, one.taken === one.tried ? 'asking' : 'waiting');
    else this.fail(one, kind, answer.said);
  }

  /** @param {Parcel} one @param {'failed' | 'behind' | 'aside' | 'heavy'} kind @param {string} said */
  fail(one, kind, said) {
    one.said = said;
    if (kind !== 'failed') one.key = '';
    // Without a document to look at, she tries again.
    this.change(one, kind === 'behind' && !one.place.document ? 'failed' : kind);
  }

  /** Gives it up; arrived whole meanwhile, it is a deposit and told as one. @param {Parcel} one */
  async drop(one) {
    const arrived = await new Sending(one, this.way.token).drop();
    this.end(one, arrived ? 'kept' : 'cancelled');
  }

  /** @param {Parcel} one @param {import('./parcel.js').State} state */
  change(one, state) {
    one.state = state;
    this.store?.write([one]);
    this.onChange();
  }

  /** @param {Parcel} one @param {End} end */
  end(one, end) {
    this.live.delete(one.id);
    this.store?.forget([one]);
    this.onEnd(one, end);
    this.onChange();
  }
}
