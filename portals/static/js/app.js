// Entry of every page. Pages work without it; it only fetches what this page can use.
const elements = { 'live-region': './live.js', 'week-calendar': './week-calendar.js', 'video-room': './video-room.js' };
for (const [tag, module] of Object.entries(elements)) if (document.querySelector(tag)) import(module);
if (document.querySelector('[data-fragment], [data-autosubmit]')) import('./fragment.js');

document.querySelector('.summary')?.focus();

// A menu closes when one looks elsewhere or presses Escape.
const menus = () => document.querySelectorAll('details.menu[open]');
document.addEventListener('click', event => menus().forEach(menu => menu.contains(event.target) || menu.removeAttribute('open')));
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  menus().forEach(menu => { menu.removeAttribute('open'); menu.firstElementChild.focus(); });
});

// Without the fragment module a second click must not send a form twice either.
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.dataset.fragment || form.method !== 'post') return;
  if (form.getAttribute('aria-busy') === 'true') event.preventDefault();
  else form.setAttribute('aria-busy', 'true');
});
addEventListener('pageshow', () => document.querySelectorAll('form[aria-busy]').forEach(form => form.removeAttribute('aria-busy')));
