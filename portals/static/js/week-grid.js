// A week of blocks as it is drawn and measured; what may be done to them is week-calendar.js.
// Kinds any, intake, follow-up are hours; break lies over them; busy and appointment are read only.

const HOURS = ['any', 'intake', 'follow-up'];
export const DAY = 1440;
export const layer = kind => (HOURS.includes(kind) ? 'hours' : kind);
export const clamp = (value, least, most) => Math.max(least, Math.min(most, value));
const element = (className, textContent = '', tag = 'div') => Object.assign(document.createElement(tag), { className, textContent });

export class WeekGrid extends HTMLElement {
  connectedCallback() {
    const { step, days } = this.dataset;
    Object.assign(this, { step: +step, days: JSON.parse(days) });
    this.clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
    const list = this.querySelector('ol');
    this.draw();
    for (const { dataset: d } of list.children)
      this.show({ id: d.id, day: +d.day, start: +d.start, end: +d.end, kind: d.kind, label: d.label, href: d.href, note: d.note, offeredTo: d.offeredTo });
    list.hidden = true;
    this.grid.parentNode.scrollTop = this.depth(this.dataset.opens * 60);
  }

  time(minute) { return this.clock.format(minute * 60000); }
  span({ start, end }) {                                                 // midnight as an end is another day to the clock
    if (end - start === DAY) return this.dataset.tAllDay;
    return end === DAY ? `${this.time(start)} – ${this.time(0)}` : this.clock.formatRange(start * 60000, end * 60000);
  }
  dayName({ day }) { return this.days[day].long ?? this.days[day].name; }
  kindName(kind) { return this.dataset['t' + kind.split('-').map(part => part[0].toUpperCase() + part.slice(1)).join('')] ?? ''; }
  editable(block) { return !!this.getAttribute('action') && ['hours', 'break'].includes(layer(block.kind)); }

  draw() {
    this.grid = element('wk');
    const hours = element('wk-hours');
    for (let minute = 0; minute < DAY; minute += 60) hours.append(this.place(element('wk-hour', this.time(minute)), minute, minute));
    this.columns = this.days.map((day, index) => {
      const column = element('wk-day');
      column.dataset.day = index;
      column.tabIndex = index ? -1 : 0;
      column.setAttribute('role', 'group');
      column.setAttribute('aria-label', day.long ?? day.name);
      if (day.today) column.dataset.today = '';
      const head = element('wk-head', day.name);
      if (day.date) head.append(element('', day.date, 'b'));
      head.setAttribute('aria-hidden', 'true');
      column.append(head);
      return column;
    });
    this.grid.append(hours, ...this.columns);
    this.querySelector('.wk-place').append(this.grid);
  }

  place(node, start, end) {
    node.style.insetBlockStart = start / DAY * 100 + '%';
    node.style.blockSize = (end - start) / DAY * 100 + '%';
    return node;
  }

  depth(minute) { return minute / DAY * this.grid.offsetHeight; }
  /** Scroll the grid, never the page, until `minute` is seen. */
  reveal(minute) {
    const place = this.grid.parentNode, at = this.depth(minute);
    place.scrollTop = clamp(place.scrollTop, at + this.grid.offsetTop + this.step - place.clientHeight, at);
  }

  show(block, focus = false) {
    const node = block.node ??= this.make(block);
    this.place(node, block.start, block.end);
    node.dataset.kind = block.kind;
    const length = block.end - block.start;
    node.toggleAttribute('data-tight', length <= 60);
    node.toggleAttribute('data-short', length < 40);
    const name = block.label || [this.kindName(block.kind), block.note].filter(Boolean).join(' · ');
    const lines = length < 40 ? [this.time(block.start), name] : block.label || length <= 60 ? [name, this.span(block)] : [this.span(block), name];
    node.replaceChildren(...lines.map((text, line) => element('', `\u2068${text}\u2069`, line ? 'span' : 'b')));
    node.setAttribute('aria-label', [this.dayName(block), this.span(block), name, block.label && block.note].filter(Boolean).join(', '));
    if (node.parentNode !== this.columns[block.day]) this.columns[block.day].append(node);
    if (focus) node.focus({ preventScroll: true });
    return node;
  }

  make(block) {
    const node = element('wk-block', '', block.href ? 'a' : 'button');
    if (block.href) node.href = block.href; else node.type = 'button';
    node.block = block;
    if (!this.editable(block)) node.dataset.fixed = '';
    return node;
  }

  blockAt(event) { return event.target.closest('.wk-block')?.block; }
  columnAt(event) { return event.target.closest('.wk-day'); }
  minuteAt(event, column) {
    const box = column.getBoundingClientRect();
    const minute = (event.clientY - box.top) / box.height * DAY;
    return clamp(Math.round(minute / this.step) * this.step, 0, DAY);
  }

  clashes(block) {
    return [...this.columns[block.day].querySelectorAll('.wk-block')].some(({ block: other }) =>
      other !== block && layer(other.kind) === layer(block.kind) && other.start < block.end && block.start < other.end);
  }
}
