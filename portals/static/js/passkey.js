// <form data-passkey="get|create" data-options="…" hidden>: shown where the browser knows passkeys; the device answers
// the options, the answer goes into the field `credential`, and the form is sent like any other.
const known = window.PublicKeyCredential?.parseRequestOptionsFromJSON && navigator.credentials;
if (known) for (const form of document.querySelectorAll('form[data-passkey]')) {
  form.hidden = false;
  form.addEventListener('submit', event => {
    if (form.elements.credential.value) return;                        // the device has answered
    event.preventDefault();
    event.stopPropagation();                                             // it is not on its way yet
    ask(form);
  });
}

async function ask(form) {
  const options = JSON.parse(form.dataset.options);
  try {
    const credential = form.dataset.passkey === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.credential.value = JSON.stringify(credential);
    form.requestSubmit();
  } catch (error) {
    const { say } = await import('./fragment.js');
    say(form.dataset.tFailed, true);
  }
}
