/**
 * One request to the server, with its progress, and what its answer means.
 * @module wire
 */

/** @typedef {{ onSent?: (bytes: number) => void, onAbortable?: (abort: () => void) => void }} Watch */
/** @typedef {{ token: string, headers?: Record<string, string>, body?: Blob, watch?: Watch }} Carried */
/**
 * @typedef {object} Reply
 * @property {number} status 0 when the way was cut, -1 when the request was given up here
 * @property {(name: string) => string} header
 * @property {Record<string, string>} told what the server says, in its sentences
 */
/**
 * @typedef {object} Answer what became of a parcel
 * @property {'kept' | 'cut' | 'busy' | 'stopped' | 'taken' | 'out' | 'failed' | 'behind' | 'aside' | 'heavy'} kind
 * @property {string} said the server's sentences; empty when there are none
 * @property {string} outcome of a kept one: new, revised, unchanged
 * @property {number} seconds to wait, when the server says so
 */

// A connection may die without a word: this long without a byte, it is held for cut.
const SILENCE_SECONDS = 90;

/**
 * @param {string} method
 * @param {string} address
 * @param {Carried} carried
 * @returns {Promise<Reply>} never rejected
 */
export function ask(method, address, { token, headers = {}, body, watch = {} }) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let silence = 0;
    let isCut = false;
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        isCut = true;
        request.abort();
      }, SILENCE_SECONDS * 1000);
    };
    const end = (/** @type {number} */ status) => {
      clearTimeout(silence);
      const header = (/** @type {string} */ name) => (status > 0 && request.getResponseHeader(name)) || '';
      resolve({ status, header, told: told(request.responseText) });
    };
    request.open(method, address);
    const all = { 'X-Form-Token': token, Accept: 'application/json', 'Tus-Resumable': '1.0.0', ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      listen();
      watch.onSent?.(event.loaded);
    };
    request.onload = () => end(request.status);
    request.onerror = () => end(0);
    request.onabort = () => end(isCut ? 0 : -1);
    watch.onAbortable?.(() => request.abort());
    listen();
    request.send(body);
  });
}

/** @param {string} body @returns {Record<string, string>} */
function told(body) {
  try {
    const said = JSON.parse(body);
    return typeof said.happened === 'string' ? said : {};
  } catch {
    return {};
  }
}

/** @param {Reply} reply @returns {Answer} */
export function judged(reply) {
  const { happened, kept, next } = reply.told;
  return {
    kind: kindOf(reply),
    said: happened ? `${happened} ${kept} ${next}` : '',
    outcome: reply.header('Atelier-Outcome'),
    seconds: Number(reply.header('Retry-After')) || 0,
  };
}

/** @param {Reply} reply @returns {Answer['kind']} */
function kindOf({ status, told }) {
  if (status === -1) return 'stopped';
  if (status >= 200 && status < 300) return 'kept';
  // A proxy whose server is away answers for it, without our sentences.
  if (status === 0 || (status >= 500 && !told.happened)) return 'cut';
  if (status === 401 || told.error === 'cross_site') return 'out';
  if (status === 429 || status === 503 || told.error === 'upload_in_use') return 'busy';
  if (told.aside) return 'aside';
  if (told.error === 'version_clash') return 'behind';
  if (told.error === 'too_large') return 'heavy';
  return told.error === 'name_taken' && told.kind !== 'folder' ? 'taken' : 'failed';
}
