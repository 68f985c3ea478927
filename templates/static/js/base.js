/**
 * The browser's own database and locks, as promises.
 * @module base
 */

/** @param {string} name @returns {Promise<IDBDatabase>} */
export function opened(name) {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('parcels', { keyPath: 'id' });
    opening.result.createObjectStore('files');
  };
  return answered(opening);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
export function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Holds a lock as long as this page lives. @param {string} name @returns {Promise<void>} once it is held */
export function hold(name) {
  return new Promise((resolve) => {
    navigator.locks.request(name, () => {
      resolve();
      return new Promise(() => {});
    });
  });
}
