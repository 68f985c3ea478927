/**
 * What she may order of parcels: pause, go on, give up, and what to do with a name in use.
 * @module orders
 */
import { Sending } from './tus.js';

/** @typedef {import('./parcel.js').Parcel} Parcel */
/** @typedef {import('./parcel.js').Taken} Taken */
/** @typedef {import('./queue.js').Queue} Queue */

/** @param {Queue} queue @param {Parcel[]} parcels */
export function pause(queue, parcels) {
  for (const one of parcels) {
    if (one.state !== 'waiting' && one.state !== 'sending') continue;
    queue.change(one, 'paused');
    one.abort?.();
  }
}

/** Those that were paused, or failed. @param {Queue} queue @param {Parcel[]} parcels */
export function goOn(queue, parcels) {
  for (const one of parcels) {
    if (one.state === 'paused' || one.state === 'failed') queue.change(one, 'waiting');
  }
  queue.way.tryAgain();
}

/** @param {Queue} queue @param {Parcel[]} parcels */
export const giveUp = (queue, parcels) => Promise.all(parcels.map((one) => giveUpOne(queue, one)));

/** @param {Queue} queue @param {Parcel} one */
async function giveUpOne(queue, one) {
  if (one.state === 'aside') return queue.end(one, 'left');
  if (one.state === 'sending' && !one.key) {
    one.isGivenUp = true;
    return;
  }
  queue.change(one, 'paused');
  one.abort?.();
  await queue.drop(one);
}

/** @param {Queue} queue @param {Parcel[]} parcels @param {Taken} taken */
export async function choose(queue, parcels, taken) {
  for (const one of parcels) {
    one.taken = taken;
    if (one.state !== 'asking') continue;
    await new Sending(one, queue.way.token).drop();
    one.key = '';
    if (taken === 'skip') queue.end(one, 'skipped');
    else queue.change(one, 'waiting');
  }
  queue.pump();
}
