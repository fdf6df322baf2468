import { Backoff } from './backoff.js';
import { Calls } from './calls.js';
import { TOO_LARGE, UNAUTHENTICATED, isFinal, pauseAfter } from './closing.js';
import { Deliveries } from './deliveries.js';
import { ConnectionLostError, SignalboxError } from './errors.js';
import { Message, encode, requireSize } from './message.js';
import { Subscription } from './subscription.js';
import { Topics } from './topics.js';

export { Message, Subscription };
export * from './errors.js';

/** The close code with which this client leaves a connection that fell silent; the session waits for the next. */
const SILENT = 4000;
/** After this many milliseconds, a connection counts as good. */
const STABLE = 5_000;
const MAX_CALLS = 1_000;
/** In place of a session's token, for one that can be come back to. */
const NEW = 'new';

/**
 * A client of Signalbox: see README.md. Events: `state`, `message`, `subscribed`, `unsubscribed`, `resumed`, `restarted`, `problem`, `closed`.
 */
export class Signalbox extends EventTarget {
  #options;
  #backoff;
  #calls = new Calls(MAX_CALLS);
  #topics;
  #deliveries;
  #socket = null;
  #state = 'connecting';
  #resume = NEW;
  /** Bytes of a frame that the server takes. */
  #maxFrame = Infinity;
  #refused = 0;
  #welcomedAt = 0;
  #heardAt = 0;
  #watch = null;
  #retry = null;

  constructor(url, options) {
    super();
    this.#options = { timeout: 10_000, resume: true, WebSocket: globalThis.WebSocket, ...options };
    if (!this.#options.WebSocket) {
      throw new TypeError('there is no WebSocket here: use Node 22, or Node 20 with --experimental-websocket, or give one');
    }
    this.#backoff = new Backoff(this.#options.backoff);
    const session = this.#session();
    this.#topics = new Topics(session, this.#options);
    this.#deliveries = new Deliveries(session, this.#options);
    this.url = new URL(url);
    this.url.searchParams.set('ping', 'json');
    /** The client's id and its session, once the server has told. */
    this.client = undefined;
    this.session = undefined;
    this.#connect();
  }

  /** What topics and deliveries need of this client. */
  #session() {
    const state = () => this.#state;
    return {
      get state() {
        return state();
      },
      call: (frame, options) => this.#call(frame, options),
      write: (frame) => this.#write(frame),
      tell: (type, detail) => this.#tell(type, detail),
      settled: () => this.#settled(),
    };
  }

  /** `connecting`, `open`, `waiting` (to connect again) or `closed`. */
  get state() {
    return this.#state;
  }

  /** Sends to an address, such as `client:bob`, or a list of them. Settles once every target took it, or with `ack` once one acknowledged. */
  send(to, payload, { headers, ack = false, within = 30_000, timeout } = {}) {
    const frame = { type: 'send', to, ...encode(payload), ...(headers && { headers }), ...(ack && { ack, within }) };
    return this.#call(frame, { timeout: timeout ?? (ack ? within + this.#options.timeout : this.#options.timeout) });
  }

  /** Asks one client or logic; the reply as a {@link Message}. */
  async request(to, payload, { headers, within = 30_000 } = {}) {
    const frame = { type: 'request', to, ...encode(payload), ...(headers && { headers }), within };
    return new Message(await this.#call(frame, { timeout: within + this.#options.timeout }));
  }

  /** Publishes to a topic, once: it is repeated after a reconnect, and the server knows the key. */
  async publish(topic, payload, { headers, key = randomKey(), timeout = 30_000 } = {}) {
    const frame = { type: 'publish', topic, ...encode(payload), ...(headers && { headers }), key };
    const { epoch, offset, repeated = false } = await this.#call(frame, { timeout, repeatable: true });
    return { epoch, offset, repeated };
  }

  /** Publishes to those who subscribe now: it is not kept, and fails without a connection rather than wait for one. */
  async publishVolatile(topic, payload, { headers } = {}) {
    if (this.#state !== 'open') {
      throw new ConnectionLostError('there is no connection, and a volatile message does not wait for one');
    }
    const frame = { type: 'publish', topic, ...encode(payload), ...(headers && { headers }), volatile: true };
    await this.#call(frame, { timeout: this.#options.timeout });
  }

  /**
   * Subscribes to a topic: `from` is `now`, `oldest`, or a place `{epoch, offset}`. Settles with a {@link Subscription}, which
   * tells `onMessage` and `onGap` from its first message on.
   */
  subscribe(topic, options) {
    return this.#topics.subscribe(topic, options);
  }

  /** Who subscribes to a topic: up to 1,000 clients, and how many there are. Changes come in the topic `NAME~presence`. */
  async presence(topic) {
    const { clients, count } = await this.#call({ type: 'presence', topic }, { timeout: this.#options.timeout });
    return { clients, count };
  }

  /** Ends the session. */
  close() {
    this.#end(1000, 'closed by this side');
    this.#socket?.close(1000);
  }

  /** Once there is a connection again, or never will be. */
  #settled() {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#state === 'open' || this.#state === 'closed') {
          this.removeEventListener('state', look);
          resolve();
        }
      };
      this.addEventListener('state', look);
      look();
    });
  }

  #call(frame, options) {
    return this.#state === 'closed'
      ? Promise.reject(new ConnectionLostError('this client is closed'))
      : this.#calls.begin(frame, options, (complete) => this.#write(complete));
  }

  /** False if there is no connection. Throws a {@link SignalboxError} at a frame that is larger than the server takes. */
  #write(frame) {
    const open = this.#state === 'open';
    if (open) {
      const text = JSON.stringify(frame);
      requireSize(text, this.#maxFrame);
      this.#socket.send(text);
    }
    return open;
  }

  async #connect() {
    this.#become('connecting');
    try {
      const { token } = this.#options;
      const current = typeof token === 'function' ? await token() : token;
      if (this.#state === 'connecting') {
        this.#open(current);
      }
    } catch (error) {
      this.#tell('problem', error);
      this.#again(0);
    }
  }

  #open(token) {
    const socket = new this.#options.WebSocket(this.url.href, 'signalbox.v1.json');
    this.#socket = socket;
    const current = (work) => (event) => this.#socket === socket && work(event);
    socket.onopen = current(() => {
      this.#awaitWelcome();
      socket.send(JSON.stringify(this.#auth(token)));
    });
    socket.onmessage = current((event) => this.#received(JSON.parse(event.data)));
    socket.onclose = current((event) => this.#disconnected(event.code, event.reason));
    // Node tells some failures by this event alone.
    socket.onerror = current(() => this.#disconnected(1006, 'the connection failed'));
  }

  /** A server that is gone since it opened the connection does not say that. */
  #awaitWelcome() {
    this.#watch = setTimeout(() => this.#leave('the server sent no welcome in time'), this.#options.timeout);
  }

  #leave(reason) {
    const silent = this.#socket;
    this.#disconnected(SILENT, reason);
    silent.close(SILENT);
  }

  #auth(token) {
    const { resume } = this.#options;
    const goesOn = resume && this.#resume !== NEW;
    return { type: 'auth', token, ...(resume && { resume: this.#resume }), ...(goesOn && { seen: this.#topics.seen() }) };
  }

  #received(frame) {
    this.#heardAt = Date.now();
    switch (frame.type) {
      case 'welcome': return this.#welcome(frame);
      case 'message':
        return frame.topic === undefined ? this.#guarded(this.#deliveries.received(frame)) : this.#topics.received(frame);
      case 'gap': return this.#topics.gap(frame);
      case 'subscribed': return this.#topics.chosen(frame);
      case 'unsubscribed': return this.#topics.ended(frame.topic);
      case 'request': return this.#guarded(this.#deliveries.asked(frame));
      case 'ping': return this.#write({ type: 'pong' });
      case 'ok': return this.#ok(frame);
      case 'reply': return this.#calls.succeed(frame);
      case 'error': return this.#failed(frame);
      default: return undefined;
    }
  }

  #welcome(frame) {
    const before = this.session;
    this.client = frame.client;
    this.session = frame.session;
    this.#resume = frame.resume?.token ?? NEW;
    this.#maxFrame = frame.limits.frame;
    this.#refused = 0;
    this.#welcomedAt = Date.now();
    this.#guard(frame.limits.idle);
    this.#become('open');
    this.#topics.goOn(frame.resume?.topics ?? []);
    this.#calls.connected((waiting) => this.#write(waiting));
    if (before !== undefined) {
      this.#cameBack(before === this.session ? 'resumed' : 'restarted');
    }
  }

  #cameBack(how) {
    this.#deliveries[how]();
    this.#tell(how, { session: this.session });
  }

  #ok(frame) {
    if (frame.recovered !== undefined) {
      this.#topics.begins(frame);
    }
    this.#calls.succeed(frame);
  }

  #failed(frame) {
    const error = new SignalboxError(frame.code, frame.message, frame.target);
    if (frame.id === undefined || !this.#calls.fail(frame.id, error)) {
      this.#tell('problem', error);
    }
  }

  /** What a handler throws does not end the connection. */
  #guarded(work) {
    work.catch((error) => this.#tell('problem', error));
  }

  /** A server pings at least once within its idle timeout: one that says nothing for longer is gone. */
  #guard(idle) {
    clearInterval(this.#watch);
    this.#watch = setInterval(() => {
      if (Date.now() - this.#heardAt > 1.5 * idle) {
        this.#leave('nothing was heard from the server');
      }
    }, idle / 2);
  }

  #disconnected(code, reason) {
    clearInterval(this.#watch);
    this.#socket = null;
    const wasOpen = this.#state === 'open';
    if (code === TOO_LARGE) {
      this.#calls.refuseLargest();
    }
    this.#calls.lost();
    this.#refused += code === UNAUTHENTICATED ? 1 : 0;
    if (this.#state === 'closed') {
      return;
    }
    if (this.#isLast(code, wasOpen)) {
      this.#end(code, reason);
      return;
    }
    if (wasOpen && Date.now() - this.#welcomedAt > STABLE) {
      this.#backoff.reset();
    }
    this.#again(pauseAfter(code));
  }

  #isLast(code, wasOpen) {
    return isFinal(code, this.#refused)
      || (code === UNAUTHENTICATED && typeof this.#options.token !== 'function')
      || (code === TOO_LARGE && !wasOpen && !this.#canSayLess());
  }

  /** Without the session to come back to, and its topics, the first frame is as small as it can be. */
  #canSayLess() {
    const saidMore = this.#resume !== NEW;
    this.#resume = NEW;
    return saidMore;
  }

  #again(pause) {
    if (this.#state !== 'closed') {
      this.#become('waiting');
      this.#retry = setTimeout(() => this.#connect(), this.#backoff.next(pause));
    }
  }

  #end(code, reason) {
    if (this.#state !== 'closed') {
      clearInterval(this.#watch);
      clearTimeout(this.#retry);
      this.#become('closed');
      this.#topics.close();
      this.#calls.failAll(new ConnectionLostError(`the connection ended with ${code} ${reason}`));
      this.#tell('closed', { code, reason });
    }
  }

  #become(state) {
    this.#state = state;
    this.#tell('state', state);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Connects, and stays connected until {@link Signalbox#close}. */
export function connect(url, options) {
  return new Signalbox(url, options);
}

function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
