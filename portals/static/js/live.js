// <live-region src="/events" fragment="id">: when the stream says "changed", the page fetches its fragment again; what
// answers a form says by at="/page" which page that is, for the form's own address cannot be fetched.
// One EventSource per browser, not per tab: a Web Lock chooses the leader, a BroadcastChannel tells the others.
import { standFor, swap } from './fragment.js';

class LiveRegion extends HTMLElement {
  connectedCallback() {
    const name = 'live:' + this.getAttribute('src');
    this.stop = new AbortController();
    if (this.hasAttribute('at')) standFor(this.getAttribute('at'));
    this.bus = new BroadcastChannel(name);
    this.bus.onmessage = () => this.changed();
    const again = () => this.stale && this.changed();
    document.addEventListener('visibilitychange', again, { signal: this.stop.signal });
    this.addEventListener('focusout', () => setTimeout(again), { signal: this.stop.signal });
    document.addEventListener('answered', () => setTimeout(again), { signal: this.stop.signal });
    const lead = () => new Promise(release => this.listen(release));
    navigator.locks.request(name, { signal: this.stop.signal }, lead).catch(() => {});
  }

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

  /** Fetch again, but neither in a hidden tab, nor under the fingers of somebody who types, nor while a form is sent: its
   * answer may have been read before the news, and may lead elsewhere. */
  changed() {
    const typing = this.contains(document.activeElement) && document.activeElement.matches('input, textarea, select');
    this.stale = !!(typing || document.visibilityState === 'hidden' || document.querySelector('form[aria-busy=true]'));
    if (this.stale) return;
    const shown = swap(this.getAttribute('fragment'), location.href, {}, false, true);
    shown.then(() => { this.stale = false; }, () => { this.stale = true; });
  }

  disconnectedCallback() {
    this.stop.abort();
    this.bus.close();
  }
}
customElements.define('live-region', LiveRegion);
