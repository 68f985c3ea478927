/**
 * Files with the folders they stand in, as they were dropped, chosen or pasted.
 * @module tree
 */

/** @typedef {import('./parcel.js').Found} Found */

// What systems leave in folders for themselves, and office programs while a file is open.
const LITTER = /^(\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|~\$.*)$/i;

/** @param {DataTransfer} dropped @returns {Promise<Found[]>} */
export async function dropped({ items }) {
  // All entries now: once the event is over, the browser gives none any more.
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  for (const entry of entries) {
    if (entry instanceof File) found.push(...chosen([entry]));
    else if (entry) found.push(...(await within(entry, [])));
  }
  return found;
}

/** @param {Iterable<File>} files from an input; one of folders says their tree @returns {Found[]} */
export function chosen(files) {
  const found = [...files].map((file) => {
    const path = (file.webkitRelativePath ?? '').split('/').slice(0, -1).join('/');
    return { file, name: file.name, path };
  });
  return found.filter(({ name, path }) => !path || !LITTER.test(name));
}

/** @param {FileSystemEntry} entry @param {string[]} above @returns {Promise<Found[]>} */
async function within(entry, above) {
  if (entry.isDirectory) {
    const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
    const found = [];
    // At most a hundred come at a time; none is the end.
    for (let some = await read(reader); some.length; some = await read(reader)) {
      for (const each of some) found.push(...(await within(each, [...above, entry.name])));
    }
    return found;
  }
  if (above.length && LITTER.test(entry.name)) return [];
  const one = /** @type {FileSystemFileEntry} */ (entry);
  /** @type {File | null} */
  const file = await new Promise((resolve) => one.file(resolve, () => resolve(null)));
  return [{ file, name: entry.name, path: above.join('/') }];
}

/** @param {FileSystemDirectoryReader} reader @returns {Promise<FileSystemEntry[]>} */
function read(reader) {
  return new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
}
