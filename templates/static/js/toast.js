/**
 * What the page says aloud: one polite live region.
 * @module toast
 */

/**
 * Says a sentence politely, to those who hear the page.
 * @param {string} sentence
 */
export function say(sentence) {
  const region = document.getElementById('said');
  if (region) region.textContent = sentence;
}

/** A notice that came with the page is silent for most screen readers: say it. */
export function announceNotice() {
  const notice = document.querySelector('[data-notice] p');
  if (notice?.textContent) setTimeout(say, 300, notice.textContent);
}
