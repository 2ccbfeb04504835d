// <live-region src="/events" fragment="id">: when the stream says "changed", the page fetches its fragment again; what
// answers a form says by at="/page" which page that is, for the form's own address cannot be fetched.
// One EventSource per browser, not per tab: a Web Lock chooses the leader, a BroadcastChannel tells the others.
import { standFor, swap } from './fragment.js';

class LiveRegion extends HTMLElement {
  pause = 1000;

  connectedCallback() {
    const name = 'live:' + this.getAttribute('src');
    this.stop = new AbortController();
    if (this.hasAttribute('at')) standFor(this.getAttribute('at'));
    this.bus = new BroadcastChannel(name);
    this.bus.onmessage = () => this.changed();
    document.addEventListener('visibilitychange', this.again, { signal: this.stop.signal });
    this.addEventListener('focusout', () => setTimeout(this.again), { signal: this.stop.signal });
    document.addEventListener('answered', () => setTimeout(this.again), { signal: this.stop.signal });
    const lead = () => new Promise(release => this.listen(release));
    navigator.locks.request(name, { signal: this.stop.signal }, lead).catch(() => {});
  }

  again = () => this.isConnected && this.stale && this.changed();

  listen(release) {
    const source = new EventSource(this.getAttribute('src'));
    let lost = false;
    const tell = () => { this.bus.postMessage(1); this.changed(); };
    source.addEventListener('changed', tell);
    source.onopen = () => { if (lost) tell(); lost = false; };          // whatever came during the gap
    source.onerror = () => {
      lost = true;
      if (source.readyState === EventSource.CLOSED) setTimeout(() => { if (this.isConnected) { tell(); this.listen(release); } }, 30000);
    };
    this.stop.signal.addEventListener('abort', () => { source.close(); release(); });
  }

  /** News that could not be fetched is fetched a little later, and later still as long as it cannot. */
  fetched = () => { this.stale = false; this.pause = 1000; };
  missed = error => {
    this.stale = true;
    if (error.name === 'AbortError') return;
    clearTimeout(this.retry);
    this.retry = setTimeout(this.again, this.pause);
    this.pause = Math.min(2 * this.pause, 60000);
  };

  /** Fetch again, but neither in a hidden tab, nor under the fingers of somebody who types, nor while a form is sent: its
   * answer may have been read before the news, and may lead elsewhere. */
  changed() {
    const typing = this.contains(document.activeElement) && document.activeElement.matches('input, textarea, select');
    this.stale = !!(typing || document.visibilityState === 'hidden' || document.querySelector('form[aria-busy=true]'));
    if (this.stale) return;
    const shown = swap(this.getAttribute('fragment'), location.href, {}, false, true);
    shown.then(this.fetched, this.missed);
  }

  disconnectedCallback() {
    this.stop.abort();
    this.bus.close();
  }
}
customElements.define('live-region', LiveRegion);
