// <form data-autosave="id">: sent a moment after the last keystroke; element #id of the answer replaces #id here,
// and nothing else moves, so that nobody is disturbed while typing. Without this file a button saves.
// What the next save has to be built on (its revision) stands in #id; a press of a button waits for the save under way.
// Whoever leaves within that moment leaves nothing behind: a link and another form wait for a save, and a closed page sends one.
import { say, STYLE } from './fragment.js';

const PAUSE = 800;
const MOST = 60000;                                                          // what a browser still sends from a page that is gone
const parser = new DOMParser();
const timers = new WeakMap();
const presses = new WeakMap();
const unsaved = new Set();
const warned = new WeakSet();

document.addEventListener('input', event => {
  const form = event.target.form;
  if (form?.dataset.autosave) soon(form);
});

document.addEventListener('submit', event => {
  const form = event.target;
  if (!form.dataset.autosave) return first(event, form, () => send(form, event.submitter));
  clearTimeout(timers.get(form));
  if (!form.dataset.saving) return unsaved.delete(form);
  event.preventDefault();
  event.stopPropagation();
  presses.set(form, event.submitter);
}, true);

/** The form, or the one that stands in its place when the page has renewed itself in between. */
function send(form, button) {
  if (form.isConnected) form.requestSubmit(button);
  else [...document.forms].find(each => each.action === form.action)?.requestSubmit();
}

document.addEventListener('click', event => {
  const link = event.target.closest?.('a[href]:not([href^="#"])');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  first(event, link, () => link.click());
}, true);

const left = () => [...unsaved].filter(form => form.isConnected);
const leave = () => left().forEach(form => form.dataset.saving || save(form));
addEventListener('pagehide', leave);
document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave());
addEventListener('beforeunload', event => {
  leave();
  if (left().length) event.preventDefault();                                 // typed during a save: it waits for that save's revision
});

/** Save before what `way` leads to; when that fails, a second press goes there. */
async function first(event, way, go) {
  if (!left().length || warned.has(way)) return;
  event.preventDefault();
  event.stopPropagation();
  await Promise.all(left().map(async form => {
    while (form.dataset.saving) await new Promise(resolve => setTimeout(resolve, 50));
    if (unsaved.has(form)) await save(form);
  }));
  if (left().length) warned.add(way);
  else go();
}

const soon = form => {
  unsaved.add(form);
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE));
};

const early = form => [...form.querySelectorAll('textarea')].some(text => text.value !== text.defaultValue);
document.querySelectorAll('form[data-autosave]').forEach(form => early(form) && soon(form));   // typed before this file came

async function save(form) {
  if (form.dataset.saving) return soon(form);
  clearTimeout(timers.get(form));
  unsaved.delete(form);
  form.dataset.saving = '1';
  const id = form.dataset.autosave, texts = document.body.dataset;
  try {
    const body = new URLSearchParams(new FormData(form)).toString();
    const headers = { 'X-Fragment': id, 'Content-Type': 'application/x-www-form-urlencoded' };
    const response = await fetch(form.action, { method: 'POST', body, headers, keepalive: body.length < MOST });
    const page = parser.parseFromString((await response.text()).replace(STYLE, ''), 'text/html');
    const next = page.getElementById(id), refused = page.querySelector('.refusal, .summary');
    const kept = next && !response.redirected;
    if (!kept || !response.ok) {
      unsaved.add(form);
      say(refused ? [...refused.querySelectorAll('h1, p:not(.row)')].map(each => each.textContent.trim()).join(' ') : texts.tFailed, true);
    }
    if (kept) document.getElementById(id).replaceWith(next);
    else if (refused) instead(document.getElementById(id), refused);
  } catch {
    unsaved.add(form);
    say(texts.tOffline, true);
  } finally {
    delete form.dataset.saving;
    pressed(form);
  }
}

/** Where it said when it was saved; what the next save is built on stays. */
const instead = (saved, refused) => {
  saved.className = 'stack';
  saved.replaceChildren(saved.querySelector('[name=revision]'), refused);
};

const pressed = form => {
  const button = presses.get(form);
  if (presses.delete(form)) form.requestSubmit(button?.isConnected ? button : null);
};
