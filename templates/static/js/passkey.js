/**
 * A form that a passkey answers, or a part of one: shown where the browser has keys.
 * @module passkey
 */

/** @param {HTMLElement} element the form or part; what stands after it is for browsers without */
export function start(element) {
  const form = /** @type {HTMLFormElement} */ (element.closest('form'));
  const keys = /** @type {any} */ (window.PublicKeyCredential);
  if (!keys?.parseCreationOptionsFromJSON) return;
  element.hidden = false;
  element.nextElementSibling?.setAttribute('hidden', '');
  const { answer } = /** @type {any} */ (form.elements);
  const failed = /** @type {HTMLElement} */ (element.querySelector('[role="alert"]'));
  form.addEventListener('submit', async (event) => {
    if (answer.value || !element.contains(event.submitter)) return;
    event.preventDefault();
    // Whoever chooses a passkey leaves the password empty, and nothing else.
    const missing = /** @type {HTMLInputElement | null} */ (form.querySelector('input:invalid:not([type="password"])'));
    if (missing?.reportValidity() === false) return;
    failed.hidden = true;
    try {
      const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
      const asked = await (await fetch(element.dataset.passkey ?? '', { method: 'POST', body })).json();
      // A new passkey names the site and the person; one to come in with does not.
      answer.value = JSON.stringify(await (asked.rp
        ? navigator.credentials.create({ publicKey: keys.parseCreationOptionsFromJSON(asked) })
        : navigator.credentials.get({ publicKey: keys.parseRequestOptionsFromJSON(asked) })));
      form.requestSubmit(event.submitter);
      answer.value = '';
    } catch {
      failed.hidden = false;
    }
  });
}
