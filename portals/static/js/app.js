// Entry of every page. Pages work without it; it only fetches what this page can use.
const modules = {
  'live-region': './live.js', 'week-calendar': './week-calendar.js', 'video-room': './video-room.js',
  '[data-fragment], [data-autosubmit]': './fragment.js', '[data-autosave]': './autosave.js',
  '[data-passkey]': './passkey.js',
};
const load = () => {
  for (const [what, module] of Object.entries(modules)) if (document.querySelector(what)) import(module);
};
load();
document.addEventListener('fragment', load);

// A menu closes when one looks elsewhere or presses Escape.
const menus = () => document.querySelectorAll('details.menu[open]');
document.addEventListener('click', event => menus().forEach(menu => menu.contains(event.target) || menu.removeAttribute('open')));
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  menus().forEach(menu => { menu.removeAttribute('open'); menu.firstElementChild.focus(); });
});

// A form without a fragment is not sent twice by a second click either, and not into nothing while there is no connection.
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.dataset.fragment || form.method !== 'post') return;
  if (!navigator.onLine) {
    event.preventDefault();
    Object.assign(document.getElementById('announcer'), { className: 'toast', textContent: document.body.dataset.tOffline });
  } else if (form.getAttribute('aria-busy') === 'true') event.preventDefault();
  else form.setAttribute('aria-busy', 'true');
});

// Somebody is back, or has stopped what was on its way: the form can be sent again, and news that waited for its answer is fetched.
const stopped = () => {
  document.querySelectorAll('form[aria-busy]:not([data-fragment])').forEach(form => form.removeAttribute('aria-busy'));
  document.dispatchEvent(new Event('answered'));
};
addEventListener('pageshow', stopped);
globalThis.navigation?.addEventListener('navigateerror', stopped);
