/**
 * Takes parts of a page anew from the server, without leaving it.
 * @module fragments
 */

/**
 * Replaces each element of these ids by its present state at this page's own address.
 * Focus stays on the same link, button or box when it is still there.
 * @param {string[]} ids
 * @returns {Promise<boolean>} whether the page could be had
 */
export async function refresh(ids) {
  const page = await load(location.href);
  if (!page) return false;
  for (const id of ids) {
    const old = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (!old || !fresh) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const mark = ['href', 'id', 'value'].find((name) => focused?.getAttribute(name));
    const same = mark && `[${mark}="${CSS.escape(focused.getAttribute(mark))}"]`;
    old.replaceWith(fresh);
    if (same) /** @type {HTMLElement | null} */ (fresh.querySelector(same))?.focus();
  }
  return true;
}

/**
 * XMLHttpRequest parses a page itself: no string of markup passes through script, so
 * that pages may require Trusted Types.
 * @param {string} address
 * @returns {Promise<Document | null>}
 */
function load(address) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('GET', address);
    request.responseType = 'document';
    request.onloadend = () => resolve(request.status === 200 ? request.responseXML : null);
    request.send();
  });
}
