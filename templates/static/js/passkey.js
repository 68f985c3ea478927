/**
 * A form that a passkey answers: shown where the browser has keys.
 * @module passkey
 */

/** @param {HTMLElement} element the form; what stands after it is for browsers without */
export function start(element) {
  const form = /** @type {HTMLFormElement} */ (element);
  const keys = /** @type {any} */ (window.PublicKeyCredential);
  if (!keys?.parseCreationOptionsFromJSON) return;
  form.hidden = false;
  /** @type {HTMLElement} */ (form.nextElementSibling).hidden = true;
  const { answer } = /** @type {any} */ (form.elements);
  const failed = /** @type {HTMLElement} */ (form.querySelector('[role="alert"]'));
  form.addEventListener('submit', async (event) => {
    if (answer.value) return;
    event.preventDefault();
    failed.hidden = true;
    try {
      const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
      const asked = await (await fetch(form.dataset.passkey ?? '', { method: 'POST', body })).json();
      // A new passkey names the site and the person; one to come in with does not.
      answer.value = JSON.stringify(await (asked.rp
        ? navigator.credentials.create({ publicKey: keys.parseCreationOptionsFromJSON(asked) })
        : navigator.credentials.get({ publicKey: keys.parseRequestOptionsFromJSON(asked) })));
      form.requestSubmit();
      answer.value = '';
    } catch {
      failed.hidden = false;
    }
  });
}
