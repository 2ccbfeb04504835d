// <video-room href csrf ice>: two people by WebRTC; media goes from one to the other and never through us.
// Signals come by EventSource and go by POST, so any process may answer. The polite peer only answers: where both offer,
// Chromium now and then finds no way for the one who yields.
const PATIENCE = 12000, ANSWER = 4000;

class VideoRoom extends HTMLElement {
  #connection; #channel; #source; #watchdog; #retries = 0;
  #polite = true;
  #outgoing = Promise.resolve();

  async connectedCallback() {
    this.piece = role => this.querySelector(`[data-role=${role}]`);
    this.piece('audio').addEventListener('click', () => this.toggle('audio'));
    this.piece('video').addEventListener('click', () => this.toggle('video'));
    this.piece('leave').addEventListener('click', () => this.leave());
    addEventListener('pagehide', this.leave);
    this.say('starting');
    if (!await this.openDevices()) return;
    if (this.gone) this.end('left'); else this.join();                   // left before the camera was open
  }

  disconnectedCallback() {
    removeEventListener('pagehide', this.leave);
    this.leave();
  }

  /** `state` is one of starting, lobby, waiting, connecting, connected, reconnecting, blocked, closed, left, replaced, over. */
  say(state) {
    this.dataset.state = state;
    const name = 't' + state[0].toUpperCase() + state.slice(1);
    this.querySelector('[role=status]').textContent = this.dataset[name] ?? '';
  }

  async openDevices() {
    const video = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: 'user' };
    for (const wish of [{ audio: true, video }, { audio: true }]) {
      try {
        this.media = await navigator.mediaDevices.getUserMedia(wish);
        this.piece('me').srcObject = this.media;
        this.piece('video').disabled = !wish.video;
        return true;
      } catch (error) {
        if (error.name === 'NotAllowedError') break;                    // asked and refused: no second question
      }
    }
    this.say('blocked');
    return false;
  }

  join() {
    this.peer = crypto.randomUUID();
    this.gone = false;
    const source = this.#source = new EventSource(this.address());
    const here = () => source === this.#source;
    let incoming = Promise.resolve();                                    // this entrance's: a closed connection answers nothing
    source.onmessage = ({ data }) => {
      incoming = incoming.then(() => here() && this.receive(JSON.parse(data))).catch(error => this.dataset.error = error.name);
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED || !here()) return;
      if (this.#retries++ < 5) setTimeout(() => here() && this.join(), 1000 * 2 ** this.#retries);
      else this.say('closed');
    };
  }

  address() { return `${this.getAttribute('href')}/signals?peer=${this.peer}`; }

  async receive(signal) {
    if (signal.replaced || signal.over) return this.end(signal.over ? 'over' : 'replaced');
    if (signal.admitted !== undefined) this.say(signal.admitted ? 'waiting' : 'lobby');
    if (signal.peers === 2) { this.#polite = signal.polite; this.connect(); }
    else if (signal.peers === 1) this.alone();
    if (signal.bye) this.alone();
    if (signal.description) await this.negotiate(signal.description);
    else if (signal.candidate) await this.#connection?.addIceCandidate(signal.candidate);
  }

  alone() {
    this.hangUp();
    this.say('waiting');
  }

  hangUp() {
    clearTimeout(this.#watchdog);
    this.#connection?.close();
    this.#connection = undefined;
    this.piece('them').srcObject = null;
    this.showDevices({ audio: true, video: true });
  }

  shut() {
    this.#source?.close();
    this.#source = undefined;
    this.hangUp();
  }

  connect() {
    this.hangUp();
    this.say('connecting');
    const connection = this.#connection = new RTCPeerConnection({ iceServers: JSON.parse(this.getAttribute('ice') || '[]') });
    this.#channel = connection.createDataChannel('devices', { negotiated: true, id: 0 });
    this.#channel.onopen = () => this.tellDevices();
    this.#channel.onmessage = ({ data }) => this.showDevices(JSON.parse(data));
    for (const track of this.media.getTracks()) connection.addTrack(track, this.media);
    if (!this.#polite) this.ask(connection);
    connection.ontrack = ({ streams: [stream] }) => { this.piece('them').srcObject = stream; };
    connection.onicecandidate = ({ candidate }) => candidate && this.send({ candidate });
    connection.onconnectionstatechange = () => this.follow(connection);
    this.watch();
  }

  /** Offer as often as it is needed; a picture is asked for also by somebody without a camera. */
  ask(connection) {
    if (!this.media.getVideoTracks().length) connection.addTransceiver('video', { direction: 'recvonly' });
    connection.onnegotiationneeded = async () => {
      await connection.setLocalDescription();
      this.send({ description: connection.localDescription });
    };
  }

  async negotiate(description) {
    const connection = this.#connection;
    if (!connection || this.#polite !== (description.type === 'offer')) return;
    await connection.setRemoteDescription(description);
    if (!this.#polite || connection !== this.#connection) return;
    await connection.setLocalDescription();
    this.send({ description: connection.localDescription });
  }

  follow(connection) {
    if (connection !== this.#connection) return;
    const state = connection.connectionState;
    if (state === 'connected') { clearTimeout(this.#watchdog); this.#retries = 0; this.say('connected'); }
    if (state === 'disconnected') { this.say('reconnecting'); this.watch(); }
    if (state === 'failed') { this.say('reconnecting'); connection.restartIce(); this.watch(); }
  }

  /** Not connected in time: enter the room anew, under a new name. */
  watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      if (this.gone || this.#connection?.connectionState === 'connected') return;
      this.withdraw();
      this.join();
    }, PATIENCE);
  }

  withdraw() {
    this.send({ bye: true });
    this.shut();
  }

  /** In order, each up to five times: a lost candidate may be the one that was needed. None waits for an answer for ever. */
  send(signal) {
    const address = this.address(), post = () => fetch(address, {
      method: 'POST', keepalive: !!signal.bye, body: JSON.stringify(signal), signal: AbortSignal.timeout(ANSWER),
      headers: { 'content-type': 'application/json', 'x-csrf-token': this.getAttribute('csrf') },
    });
    if (signal.bye) return post().catch(() => {});
    this.#outgoing = this.#outgoing.then(async () => {
      for (let tries = 0; tries < 5 && !this.gone; tries++) {
        const sent = await post().then(response => response.status < 500, () => false);
        if (sent) return;
        await new Promise(wait => setTimeout(wait, 300 * 2 ** tries));
      }
    });
  }

  toggle(kind) {
    const tracks = kind === 'audio' ? this.media?.getAudioTracks() : this.media?.getVideoTracks();
    if (!tracks?.length) return;
    tracks.forEach(track => { track.enabled = !track.enabled; });
    this.piece(kind).setAttribute('aria-pressed', String(!tracks[0].enabled));
    this.dataset[kind] = tracks[0].enabled ? 'on' : 'off';
    this.tellDevices();
  }

  tellDevices() {
    const on = tracks => tracks.some(track => track.enabled);
    if (this.#channel?.readyState !== 'open') return;
    this.#channel.send(JSON.stringify({ audio: on(this.media.getAudioTracks()), video: on(this.media.getVideoTracks()) }));
  }

  showDevices({ audio, video }) {
    this.dataset.them = [audio ? '' : 'muted', video ? '' : 'dark'].join(' ').trim();
    this.piece('note').textContent = [audio ? '' : this.dataset.tMuted, video ? '' : this.dataset.tDark].filter(Boolean).join(' ');
  }

  leave = () => {
    if (this.gone) return;
    if (this.peer) this.withdraw();
    this.end('left');
  };

  end(state) {
    this.gone = true;
    this.shut();
    this.media?.getTracks().forEach(track => track.stop());
    this.say(state);
  }
}
customElements.define('video-room', VideoRoom);
