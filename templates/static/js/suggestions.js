/**
 * What is being typed in the search box may become: words and names, in its list.
 * @module suggestions
 */

/** @type {AbortController | undefined} */
let asking;

/** @param {HTMLInputElement} box */
export function start(box) {
  // Given up for what was typed since, or no answer: the box works without.
  const ask = () => suggest(box).catch(() => {});
  box.addEventListener('input', ask);
  // What was typed before this was here.
  if (box.matches(':focus')) ask();
}

/** @param {HTMLInputElement} box */
async function suggest({ value, list }) {
  asking?.abort();
  const { signal } = (asking = new AbortController());
  await new Promise((go) => setTimeout(go, 60));
  if (!value.trim()[1]) return;
  const answer = await fetch(`/search/suggestions?q=${encodeURIComponent(value)}`, { signal });
  const { words, documents } = await answer.json();
  documents.forEach((one) => words.push(one.name));
  // Browsers leave out what does not hold what was typed, accent by accent: the label does.
  const label = (one) => (one.includes(value) ? one : one.normalize('NFD').replace(/\p{M}/gu, ''));
  list.replaceChildren(...words.map((one) => new Option(label(one), one)));
}
