// <week-calendar>: a week of blocks, made by the macro week.calendar. Its list stays the source and the page without JS.
// Pointer: drag in the empty grid adds, a block moves, its edges resize; a tap or double click adds an hour.
// Keyboard: arrows move, Shift+arrows resize, Enter on a day adds, Delete removes, Escape takes back.
// What a change leaves booked outside the hours is said, and shown anew in #conflicts.
import { swap } from './fragment.js';
import { DAY, WeekGrid, clamp, layer } from './week-grid.js';

class WeekCalendar extends WeekGrid {
  connectedCallback() {
    super.connectedCallback();
    this.kind = this.querySelector('[data-role=kind]');
    this.offer = this.querySelector('[data-role=offer]');
    this.bin = this.querySelector('[data-role=remove]');
    this.kind?.addEventListener('change', () => this.selected && this.change(this.selected, { kind: this.kind.value, ...this.offered(this.kind.value) }));
    this.offer?.addEventListener('change', () => this.selected && this.change(this.selected, this.offered(this.selected.kind)));
    this.bin?.addEventListener('click', () => this.selected && this.remove(this.selected));
    for (const type of ['pointerdown', 'keydown', 'dblclick', 'focusin']) this.grid.addEventListener(type, this);
    addEventListener('pagehide', this.leave);
    this.stay();
  }

  disconnectedCallback() { removeEventListener('pagehide', this.leave); }
  /** Until the page is left, one save waits for the other; then none does, for no answer comes any more. */
  stay() { this.left = new Promise(leaving => { this.leaving = leaving; }); }
  leave = () => {
    this.querySelectorAll('.wk-block').forEach(({ block }) => this.settle(block));
    this.leaving();
    this.stay();
  };

  handleEvent(event) { this['on' + event.type](event); }
  say(text) { this.querySelector('[role=status]').textContent = text ?? ''; }

  onfocusin(event) {
    const block = this.blockAt(event);
    this.selected = block && this.editable(block) ? block : undefined;
    if (this.selected && this.kind) this.kind.value = block.kind;
    if (this.selected && this.offer) this.offer.value = block.offeredTo || 'all';
    if (this.bin) this.bin.disabled = !this.selected;
  }

  onpointerdown(event) {
    const column = this.columnAt(event), under = this.blockAt(event);
    const onTop = under && this.kind?.value === 'break' && layer(under.kind) === 'hours';   // a break is drawn over hours
    const block = onTop ? undefined : under;
    if (event.button || !column || !this.getAttribute('action') || (block && !this.editable(block))) return;
    if (!block && event.pointerType !== 'mouse') return this.tap(event, column);
    this.drag(event, column, block);
  }

  tap(down, column) {
    this.grid.addEventListener('pointerup', up => {
      if (Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) < 8) this.addHour(+column.dataset.day, this.minuteAt(up, column));
    }, { once: true });
  }

  drag(down, column, block) {
    const origin = this.minuteAt(down, column), old = block && { ...block };
    const moved = block ?? this.fresh(+column.dataset.day, origin, origin + this.step);
    const box = block?.node.getBoundingClientRect();
    const edge = !box ? 'end' : down.clientY > box.bottom - 9 ? 'end' : down.clientY < box.top + 7 ? 'start' : '';
    let far = false;
    const stop = new AbortController();
    const on = (type, act) => this.grid.addEventListener(type, act, { signal: stop.signal });
    on('pointermove', event => {
      if (!far && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 5) return;
      if (!far) this.grid.setPointerCapture(down.pointerId);
      far = true;
      this.follow(event, moved, old, edge, origin, column);
    });
    on('pointerup', () => { stop.abort(); if (far) this.commit(moved, old); else block?.node.focus({ preventScroll: true }); });
    on('pointercancel', () => { stop.abort(); if (far) this.undo(moved, old); });
  }

  follow(event, block, old, edge, origin, column) {
    const minute = this.minuteAt(event, column);
    this.reveal(minute);
    if (!old) Object.assign(block, { start: Math.min(origin, minute), end: Math.max(origin, minute, Math.min(origin, minute) + this.step) });
    else if (edge === 'end') block.end = Math.max(minute, block.start + this.step);
    else if (edge === 'start') block.start = Math.min(minute, block.end - this.step);
    else {
      const length = old.end - old.start;
      block.start = clamp(old.start + minute - origin, 0, DAY - length);
      block.end = block.start + length;
      const over = this.columns.findIndex(each => { const box = each.getBoundingClientRect(); return event.clientX >= box.left && event.clientX < box.right; });
      if (over >= 0) block.day = over;
    }
    this.show(block).toggleAttribute('data-clash', this.clashes(block));
  }

  ondblclick(event) {
    const column = this.columnAt(event);
    if (column && !this.blockAt(event) && this.getAttribute('action')) this.addHour(+column.dataset.day, this.minuteAt(event, column));
  }

  fresh(day, start, end) {
    const kind = this.kind?.value || 'any';
    return { day, start, end, kind, ...this.offered(kind) };
  }
  offered(kind) {                                                        // a break is everybody's
    const chosen = kind === 'break' ? undefined : this.offer?.selectedOptions[0];
    return chosen && chosen.value !== 'all' ? { offeredTo: chosen.value, note: chosen.textContent } : { offeredTo: '', note: '' };
  }
  addHour(day, start) {
    const first = Math.min(start, DAY - 60);
    const block = this.fresh(day, first, first + 60);
    block.node = this.make(block);
    while (block.end < DAY && this.clashes(block)) { block.start += this.step; block.end += this.step; }
    this.show(block, true);
    this.reveal(block.end);
    this.reveal(block.start);
    this.commit(block);
  }

  onkeydown(event) {
    const block = this.blockAt(event), column = this.columnAt(event);
    const side = getComputedStyle(this).direction === 'rtl' ? -1 : 1;
    const across = { ArrowLeft: -side, ArrowRight: side }[event.key] ?? 0, down = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0;
    if (block && this.editable(block)) {
      if (across || down) { event.preventDefault(); this.nudge(block, across, down * this.step, event.shiftKey); }
      else if (event.key === 'Delete' || event.key === 'Backspace') { event.preventDefault(); this.remove(block); }
      else if (event.key === 'Escape' && block.before) { clearTimeout(block.waiting); this.undo(block, block.before); block.before = undefined; }
    } else if (!block && column) {
      if (across) { event.preventDefault(); this.walk(+column.dataset.day + across); }
      else if (event.key === 'Enter' && this.getAttribute('action')) { event.preventDefault(); this.addHour(+column.dataset.day, 540); }
    }
  }

  walk(day) {
    if (!this.columns[day]) return;
    this.columns.forEach((column, index) => { column.tabIndex = index === day ? 0 : -1; });
    this.columns[day].focus({ preventScroll: true });
    this.columns[day].firstChild.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  nudge(block, across, minutes, resize) {
    const last = { ...block };
    block.before ??= last;
    if (resize) block.end = clamp(block.end + minutes, block.start + this.step, DAY);
    else {
      const length = block.end - block.start;
      block.day = clamp(block.day + across, 0, this.columns.length - 1);
      block.start = clamp(block.start + minutes, 0, DAY - length);
      block.end = block.start + length;
    }
    if (this.clashes(block)) { Object.assign(block, last); this.say(this.dataset.tClash); }
    this.show(block, true);
    this.reveal(resize || minutes > 0 ? block.end : block.start);
    clearTimeout(block.waiting);
    block.waiting = setTimeout(() => this.settle(block), 600);
  }

  /** Save a move by keyboard that nobody goes on with. */
  settle(block) {
    const { before } = block;
    clearTimeout(block.waiting);
    block.before = undefined;
    if (before) this.commit(block, before);
  }

  change(block, changes) {
    const old = { ...block };
    Object.assign(block, changes);
    this.show(block);
    this.commit(block, old);
  }

  async commit(block, old) {
    if (this.clashes(block)) { this.say(this.dataset.tClash); return this.undo(block, old); }
    const saved = await this.inTurn(block, () => this.send({ id: block.id ?? '', day: block.day, start: block.start, end: block.end, kind: block.kind, offered_to: block.offeredTo || 'all' }));
    if (!saved) return this.undo(block, old);
    block.id ??= saved.id;
    this.show(block);
    this.told(`${this.dayName(block)}, ${this.span(block)}, ${this.dataset.tSaved}`, saved);
  }

  undo(block, old) {
    if (!old) return block.node.remove();
    const { day, start, end, kind, note, offeredTo } = old;
    Object.assign(block, { day, start, end, kind, note, offeredTo });
    this.show(block).removeAttribute('data-clash');
  }

  async remove(block) {
    clearTimeout(block.waiting);
    block.before = undefined;
    if (block.leaving) return;
    block.leaving = true;
    const gone = await this.inTurn(block, () => block.id && this.send({ remove: block.id }));   // what was refused has no id
    block.leaving = false;
    if (!gone) return;
    this.columns[block.day].focus({ preventScroll: true });
    block.node.remove();
    this.told(this.dataset.tRemoved, gone);
  }

  told(done, { conflicts = 0, said = '' }) {
    this.say(said ? `${done}. ${said}` : done);
    if (conflicts || +this.dataset.conflicts) swap('conflicts', location.href).catch(() => this.say(this.dataset.tOffline));
    this.dataset.conflicts = conflicts;
  }

  /** One save after the other: a block that is being added has no id yet, and is never added twice. */
  inTurn(block, save) { return this.turn = (block.id ? Promise.race([this.turn, this.left]) : Promise.resolve(this.turn)).then(save); }
  /** What the server answered, or undefined after saying why it did not save. */
  async send(fields) {
    try {
      const response = await fetch(this.getAttribute('action'), {
        method: 'POST', body: new URLSearchParams(fields), keepalive: true,
        headers: { accept: 'application/json', 'x-csrf-token': this.getAttribute('csrf') },
      });
      const answer = await response.json();
      if (response.ok) return answer;
      this.say([answer.title, answer.next_action].filter(Boolean).join(' '));
    } catch { this.say(this.dataset.tOffline); }
  }
}
customElements.define('week-calendar', WeekCalendar);
