// <form data-autosave="id">: sent a moment after the last keystroke; element #id of the answer replaces #id here,
// and nothing else moves, so that nobody is disturbed while typing. Without this file a button saves.
import { say, STYLE } from './fragment.js';

const PAUSE = 800;
const parser = new DOMParser();
const timers = new WeakMap();

document.addEventListener('input', event => {
  const form = event.target.form;
  if (form?.dataset.autosave) soon(form);
});

document.addEventListener('submit', event => clearTimeout(timers.get(event.target)));

const soon = form => {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE));
};

async function save(form) {
  if (form.dataset.saving) return soon(form);
  form.dataset.saving = '1';
  const id = form.dataset.autosave, texts = document.body.dataset;
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: 'POST', body, headers: { 'X-Fragment': id } });
    const page = parser.parseFromString((await response.text()).replace(STYLE, ''), 'text/html');
    const next = page.getElementById(id);
    if (next && !response.redirected) document.getElementById(id).replaceWith(next);
    else say(page.querySelector('.summary')?.textContent ?? texts.tFailed, true);
  } catch {
    say(texts.tOffline, true);
  } finally {
    delete form.dataset.saving;
  }
}
