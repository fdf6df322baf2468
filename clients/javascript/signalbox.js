import { Backoff } from './backoff.js';
import { Calls } from './calls.js';
import { UNAUTHENTICATED, isFinal, pauseAfter } from './closing.js';
import { ConnectionLostError, Refusal, SignalboxError } from './errors.js';
import { Message, encode } from './message.js';
import { Subscription } from './subscription.js';

export { Message, Subscription };
export * from './errors.js';

/** The close code with which this client leaves a connection that fell silent; the session waits for the next. */
const SILENT = 4000;
/** After this many milliseconds, a connection counts as good. */
const STABLE = 5_000;
/** Messages whose ids are remembered, so that what comes again is not handled again. */
const REMEMBERED = 1_000;
const MAX_CALLS = 1_000;

/**
 * A client of Signalbox: see README.md. Events: `state`, `message`, `subscribed`, `unsubscribed`, `resumed`, `restarted`, `problem`, `closed`.
 */
export class Signalbox extends EventTarget {
  #options;
  #backoff;
  #calls = new Calls(MAX_CALLS);
  #subscriptions = new Map();
  /** Topics that were left while there was no connection: the session may still have them. */
  #left = new Set();
  #handled = new Map();
  #socket = null;
  #state = 'connecting';
  #resume = 'new';
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
    this.url = new URL(url);
    this.url.searchParams.set('ping', 'json');
    /** The client's id and its session, once the server has told. */
    this.client = undefined;
    this.session = undefined;
    this.#connect();
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
  async subscribe(topic, { from = 'now', onMessage, onGap } = {}) {
    if (this.#subscriptions.has(topic)) {
      throw new Error(`topic ${topic} is subscribed to already`);
    }
    const start = from === 'now' ? {} : from === 'oldest' ? { offset: 0 } : { epoch: from.epoch, offset: from.offset };
    const subscription = new Subscription(topic, start, (ended) => this.#unsubscribe(ended));
    listen(subscription, 'message', onMessage);
    listen(subscription, 'gap', onGap);
    this.#subscriptions.set(topic, subscription);
    this.#left.delete(topic);
    try {
      await this.#begin(subscription);
      return subscription;
    } catch (error) {
      // The server may have it all the same.
      this.#unsubscribe(subscription).catch(() => {});
      throw error;
    }
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

  /** Until the server has answered, or a resumed session shows that it has subscribed. */
  async #begin(subscription) {
    while (subscription.epoch === undefined) {
      try {
        await this.#follow(subscription);
      } catch (error) {
        if (!(error instanceof ConnectionLostError) || this.#state === 'closed') {
          throw error;
        }
        await this.#settled();
      }
    }
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

  #follow(subscription) {
    return this.#call(
      { type: 'subscribe', topic: subscription.topic, ...subscription.place() }, { timeout: 30_000 });
  }

  async #unsubscribe(subscription) {
    if (this.#subscriptions.get(subscription.topic) === subscription) {
      this.#subscriptions.delete(subscription.topic);
      if (this.#state === 'open') {
        await this.#call({ type: 'unsubscribe', topic: subscription.topic }, { timeout: this.#options.timeout });
      } else {
        this.#left.add(subscription.topic);
      }
    }
  }

  #call(frame, options) {
    return this.#state === 'closed'
      ? Promise.reject(new ConnectionLostError('this client is closed'))
      : this.#calls.begin(frame, options, (complete) => this.#write(complete));
  }

  /** False if there is no connection. */
  #write(frame) {
    const open = this.#state === 'open';
    if (open) {
      this.#socket.send(JSON.stringify(frame));
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
    const seen = {};
    for (const { topic, epoch, offset } of this.#subscriptions.values()) {
      if (epoch !== undefined) {
        seen[topic] = { epoch, offset };
      }
    }
    return { type: 'auth', token, ...(this.#options.resume && { resume: this.#resume, seen }) };
  }

  #received(frame) {
    this.#heardAt = Date.now();
    switch (frame.type) {
      case 'welcome': return this.#welcome(frame);
      case 'message': return frame.topic === undefined ? this.#guarded(this.#message(frame)) : this.#published(frame);
      case 'gap': return this.#subscriptions.get(frame.topic)?.gap(frame);
      case 'subscribed': return this.#chosen(frame);
      case 'unsubscribed': return this.#ended(frame.topic);
      case 'request': return this.#guarded(this.#asked(frame));
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
    this.#resume = frame.resume?.token ?? 'new';
    this.#refused = 0;
    this.#welcomedAt = Date.now();
    this.#guard(frame.limits.idle);
    this.#become('open');
    const resumed = frame.resume?.topics ?? [];
    this.#goOn(new Map(resumed.map((each) => [each.topic, each])));
    this.#calls.connected((waiting) => this.#write(waiting));
    if (before !== undefined) {
      this.#tell(before === this.session ? 'resumed' : 'restarted', { session: this.session });
    }
  }

  #goOn(resumed) {
    for (const [topic, subscription] of this.#subscriptions) {
      if (resumed.has(topic)) {
        subscription.begins(resumed.get(topic));
      } else if (subscription.chosen) {
        // It was the old session's: the server chooses again for this one.
        this.#ended(topic);
      } else if (subscription.epoch !== undefined) {
        this.#follow(subscription).catch((error) => this.#unfollowed(subscription, error));
      }
    }
    for (const [topic, place] of resumed) {
      if (this.#left.has(topic)) {
        this.#write({ type: 'unsubscribe', topic });
      } else if (!this.#subscriptions.has(topic)) {
        this.#chosen(place);
      }
    }
    this.#left.clear();
  }

  /** The server has subscribed the session to a topic, or another place in one that it follows. */
  #chosen(place) {
    const known = this.#subscriptions.get(place.topic);
    const subscription = known ?? new Subscription(place.topic, null, (ended) => this.#unsubscribe(ended));
    subscription.begins(place);
    if (!known) {
      this.#subscriptions.set(place.topic, subscription);
      this.#tell('subscribed', subscription);
    }
  }

  #ended(topic) {
    if (this.#subscriptions.delete(topic)) {
      this.#tell('unsubscribed', { topic });
    }
  }

  /** The next connection tries again, unless the server does not want to. */
  #unfollowed(subscription, error) {
    if (error instanceof SignalboxError) {
      this.#subscriptions.delete(subscription.topic);
      this.#tell('problem', error);
    }
  }

  #ok(frame) {
    if (frame.recovered !== undefined) {
      this.#subscriptions.get(frame.topic)?.begins(frame);
    }
    this.#calls.succeed(frame);
  }

  #failed(frame) {
    const error = new SignalboxError(frame.code, frame.message, frame.target);
    if (frame.id === undefined || !this.#calls.fail(frame.id, error)) {
      this.#tell('problem', error);
    }
  }

  #published(frame) {
    this.#subscriptions.get(frame.topic)?.received(new Message(frame));
  }

  async #message(frame) {
    const message = new Message(frame);
    if (!frame.ack) {
      this.#tell('message', message);
      return this.#options.onMessage?.(message);
    }
    if (!this.#handled.has(frame.id)) {
      this.#remember(frame.id, this.#handle(message));
    }
    const answer = await this.#handled.get(frame.id);
    return answer && this.#write({ ...answer, id: frame.id });
  }

  #remember(id, answer) {
    this.#handled.set(id, answer);
    if (this.#handled.size > REMEMBERED) {
      this.#handled.delete(this.#handled.keys().next().value);
    }
  }

  /** Acknowledged once it was handled. One that could not be handled stays unacknowledged, and comes again. */
  async #handle(message) {
    try {
      this.#tell('message', message);
      await this.#options.onMessage?.(message);
      return { type: 'ack' };
    } catch (error) {
      if (error instanceof Refusal) {
        return { type: 'nack', reason: error.message };
      }
      this.#handled.delete(message.id);
      this.#tell('problem', error);
      return null;
    }
  }

  async #asked(frame) {
    if (this.#options.onRequest) {
      const reply = encode(await this.#options.onRequest(new Message(frame)));
      this.#write({ type: 'reply', id: frame.id, ...reply });
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
    this.#calls.lost();
    this.#refused += code === UNAUTHENTICATED ? 1 : 0;
    if (this.#state === 'closed') {
      return;
    }
    if (isFinal(code, this.#refused) || (code === UNAUTHENTICATED && typeof this.#options.token !== 'function')) {
      this.#end(code, reason);
      return;
    }
    if (this.#state === 'open' && Date.now() - this.#welcomedAt > STABLE) {
      this.#backoff.reset();
    }
    this.#again(pauseAfter(code));
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

function listen(target, type, handler) {
  if (handler) {
    target.addEventListener(type, ({ detail }) => handler(detail));
  }
}

function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
