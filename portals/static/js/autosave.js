// <form data-autosave="id">: sent a moment after the last keystroke; element #id of the answer replaces #id here,
// and nothing else moves, so that nobody is disturbed while typing. Without this file a button saves.
// What the next save has to be built on (its revision) stands in #id; a press of a button waits for the save under way.
import { say, STYLE } from './fragment.js';

const PAUSE = 800;
const parser = new DOMParser();
const timers = new WeakMap();
const presses = new WeakMap();

document.addEventListener('input', event => {
  const form = event.target.form;
  if (form?.dataset.autosave) soon(form);
});

document.addEventListener('submit', event => {
  const form = event.target;
  clearTimeout(timers.get(form));
  if (!form.dataset.saving) return;
  event.preventDefault();
  event.stopPropagation();
  presses.set(form, event.submitter);
}, true);

const soon = form => {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE));
};

const early = form => [...form.querySelectorAll('textarea')].some(text => text.value !== text.defaultValue);
document.querySelectorAll('form[data-autosave]').forEach(form => early(form) && soon(form));   // typed before this file came

async function save(form) {
  if (form.dataset.saving) return soon(form);
  form.dataset.saving = '1';
  const id = form.dataset.autosave, texts = document.body.dataset;
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: 'POST', body, headers: { 'X-Fragment': id } });
    const page = parser.parseFromString((await response.text()).replace(STYLE, ''), 'text/html');
    const next = page.getElementById(id);
    const kept = next && !response.redirected;
    if (!kept || !response.ok) say(page.querySelector('.summary')?.textContent ?? texts.tFailed, true);
    if (kept) document.getElementById(id).replaceWith(next);
  } catch {
    say(texts.tOffline, true);
  } finally {
    delete form.dataset.saving;
    pressed(form);
  }
}

const pressed = form => {
  const button = presses.get(form);
  if (presses.delete(form)) form.requestSubmit(button?.isConnected ? button : null);
};
