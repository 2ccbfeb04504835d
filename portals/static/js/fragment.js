// <form data-fragment="id"> and <a data-fragment="id">: fetch, then replace element #id by the same element of the answer.
// The server may always send the whole page; without this file the browser simply navigates.
const parser = new DOMParser();
export const STYLE = /<style[^]*?<\/style>/;                                 // its nonce is the answer's, not this page's
const running = new Map();
const place = () => location.pathname + location.search;
let shown = place();
let reading;
let read = false;

/** Say `text` to screen readers, and show it when `shown`: for a while, and then until somebody does something. */
export function say(text, shown = false) {
  const announcer = document.getElementById('announcer');
  clearTimeout(reading);
  read = false;
  announcer.className = shown ? 'toast' : 'vh';
  announcer.textContent = '';
  requestAnimationFrame(() => { announcer.textContent = text; });
  if (shown) reading = setTimeout(() => { read = true; }, 8000);
}
for (const deed of ['pointerdown', 'keydown']) addEventListener(deed, () => { if (read) document.getElementById('announcer').className = 'vh'; });

/** The answer to a form shows a page under the form's address: from now on under the page's own. */
export function standFor(page) {
  history.replaceState(history.state, '', page);
  shown = place();
}

class ServerError extends Error {}

/** Where somebody is, everything stays as it is. */
function failed(error) {
  const texts = document.body.dataset;
  say(error instanceof ServerError ? texts.tFailed : texts.tOffline, true);
}

/** Replace #id by what `url` answers. Throws when offline or the server is broken, and news (`live`) when something newer is asked for; whoever is kept waiting by an answer looks at the event "answered". A refusal that is a page of its own is said within #id, where everything stays as typed; any other answer without #id is navigated to. */
export async function swap(id, url, init = {}, push = false, live = false) {
  if (live && running.get(id)?.asked) throw new DOMException('Somebody asks', 'AbortError');
  running.get(id)?.abort();
  const stop = Object.assign(new AbortController(), { asked: !live });
  running.set(id, stop);
  const old = document.getElementById(id);
  const heard = live && old ? announced(old) : [];
  old?.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch(url, { ...init, signal: stop.signal, headers: { ...init.headers, 'X-Fragment': id } });
    if (response.status >= 500) throw new ServerError(response.status);
    const html = response.headers.get('content-type')?.startsWith('text/html');
    const page = html && parser.parseFromString((await response.text()).replace(STYLE, ''), 'text/html');
    document.title = page && page.title || document.title;
    const refused = !response.ok && !live && page && page.querySelector('.refusal');
    if (refused && old) return refuse(old, refused);
    const whole = page && !live && (refusedBeside(page, id) || refusedBeside(document, id));
    const next = page && page.getElementById(whole ? 'main' : id);
    if (!next || elsewhere(response)) return location.assign(response.redirected ? response.url : url);
    if (live) keep(document.getElementById(next.id), next);
    await replace(document.getElementById(next.id), next, !live);
    if (push || response.redirected && response.url !== location.href) { history.pushState({ fragment: id }, '', response.url); shown = place(); }
    const done = page.querySelector('.flash')?.textContent.trim();
    const news = announced(next).filter(each => !heard.includes(each)).join(' ');
    if (done) say(done, true); else if (news) say(news);
  } catch (error) {
    if (live || error.name !== 'AbortError') throw error;
  } finally {
    if (running.get(id) === stop) {
      running.delete(id);
      old?.removeAttribute('aria-busy');
    }
    if (!live) document.dispatchEvent(new Event('answered'));
  }
}

const announced = root => [root, ...root.querySelectorAll('[data-announce]')].map(each => each.dataset.announce).filter(Boolean);

const elsewhere = response => response.redirected && new URL(response.url).pathname !== location.pathname;

/** Where a keyboard and a screen reader go on. */
function focusOn(place) {
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

/** Say at the head of `place` what was refused. */
function refuse(place, refused) {
  document.querySelectorAll('.refusal').forEach(each => each.remove());
  (place.querySelector('.wrap') ?? place).prepend(refused);
  refused.tabIndex = -1;
  refused.focus();
}

/** A refusal that stands outside of #id comes and goes with the whole page. */
const refusedBeside = (root, id) => [...root.querySelectorAll('.summary')].some(each => !each.closest('#' + CSS.escape(id)));

/** What somebody has opened or filled in stays so when the page renews itself. */
function keep(old, next) {
  const named = (root, which) => [...root.querySelectorAll(which)];
  const place = (details, all) => details.firstElementChild.textContent + all.indexOf(details);
  const before = named(old, 'details');
  const open = new Set(before.filter(details => details.open).map(details => place(details, before)));
  const after = named(next, 'details');
  for (const details of after) if (open.has(place(details, after))) details.open = true;
  for (const field of named(old, ':is(input, select, textarea)[id]:not([type=file])').filter(touched)) {
    const same = next.querySelector('#' + CSS.escape(field.id));
    if (same) Object.assign(same, { value: field.value, checked: field.checked });
  }
}

const touched = ({ options, value, defaultValue, checked, defaultChecked }) =>
  options ? [...options].some(each => each.selected !== each.defaultSelected) : value !== defaultValue || checked !== defaultChecked;

/** News that comes by itself does not fade in: a fade takes four times as long as the news, and the clicks meanwhile. */
async function replace(old, next, fades) {
  const active = document.activeElement ?? document.body;
  const twins = root => [...root.querySelectorAll(active.localName)].filter(each => active.rel ? each.rel === active.rel :
    each.isEqualNode(active) && each.form?.getAttribute('action') === active.form?.getAttribute('action'));
  const place = twins(old).indexOf(active);
  const within = old.contains(active);
  const update = () => {
    old.replaceWith(next);
    const wrong = next.querySelector('.summary') ?? (next.id === 'main' ? next : null);
    if (wrong) wrong.focus(); else (document.getElementById(active.id) ?? twins(next)[place])?.focus({ preventScroll: true });
    if (within && !next.contains(document.activeElement)) focusOn(next);    // what had the focus is gone
    document.dispatchEvent(new Event('fragment'));
  };
  if (fades && document.startViewTransition && document.visibilityState === 'visible') {
    const transition = document.startViewTransition(update);
    for (const end of [transition.ready, transition.finished]) end.catch(() => {}); // a page that is being left skips it
    await transition.updateCallbackDone;
  } else update();
}

document.addEventListener('submit', async event => {
  const form = event.target;
  if (!form.dataset.fragment) return;
  event.preventDefault();
  if (form.getAttribute('aria-busy') === 'true') return;
  form.setAttribute('aria-busy', 'true');
  const data = new FormData(form, event.submitter);
  const url = new URL(event.submitter?.getAttribute('formaction') || form.getAttribute('action') || location.href, location.href);
  const get = form.method === 'get';
  if (get) url.search = new URLSearchParams(data);
  const body = form.enctype === 'multipart/form-data' ? data : new URLSearchParams(data);
  try {
    await swap(form.dataset.fragment, url, get ? {} : { method: 'POST', body }, get);
  } catch (error) {
    failed(error);
  } finally {
    form.removeAttribute('aria-busy');
  }
});

document.addEventListener('click', event => {
  const link = event.target.closest?.('a[data-fragment]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  swap(link.dataset.fragment, link.href, {}, true).catch(failed);
});

document.addEventListener('change', event => {
  const form = event.target.form;
  if (form?.dataset.autosubmit !== undefined) form.requestSubmit();
});

addEventListener('popstate', () => { if (place() !== shown) location.reload(); });   // a mere #hash stays
