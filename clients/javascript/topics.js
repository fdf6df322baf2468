import { Backoff } from './backoff.js';
import { ConnectionLostError, SignalboxError } from './errors.js';
import { Message } from './message.js';
import { Subscription } from './subscription.js';

/** For the server's answer to a new subscription, in milliseconds. */
const PATIENCE = 30_000;

/** The topics that a client follows, over all of its connections. */
export class Topics {
  #session;
  #subscriptions = new Map();
  /** Topics that were left while there was no connection, or without an answer: the session may still have them. */
  #left = new Set();

  /**
   * `session` has `state`, `call(frame, options)`, `write(frame)`, which is false if there is no connection, `tell(type, detail)`, and
   * `settled()`, which waits until it is open or closed.
   */
  constructor(session, { timeout, backoff }) {
    this.#session = session;
    this.timeout = timeout;
    this.backoff = backoff;
  }

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

  /** Until the server has answered, or a resumed session shows that it has subscribed. */
  async #begin(subscription) {
    while (subscription.epoch === undefined) {
      try {
        await this.#follow(subscription);
      } catch (error) {
        if (!(error instanceof ConnectionLostError) || this.#session.state === 'closed') {
          throw error;
        }
        await this.#session.settled();
      }
    }
  }

  #follow(subscription) {
    return this.#session.call(
      { type: 'subscribe', topic: subscription.topic, ...subscription.place() }, { timeout: PATIENCE });
  }

  async #unsubscribe(subscription) {
    const { topic } = subscription;
    if (this.#subscriptions.get(topic) === subscription) {
      this.#subscriptions.delete(topic);
      if (this.#session.state === 'open') {
        await this.#leave(topic);
      } else {
        this.#left.add(topic);
      }
    }
  }

  async #leave(topic) {
    try {
      await this.#session.call({ type: 'unsubscribe', topic }, { timeout: this.timeout });
    } catch (error) {
      if (!this.#subscriptions.has(topic)) {
        this.#left.add(topic);
      }
      throw error;
    }
  }

  /** What a new connection tells the server. */
  seen() {
    const seen = {};
    for (const { topic, epoch, offset } of this.#subscriptions.values()) {
      if (epoch !== undefined) {
        seen[topic] = { epoch, offset };
      }
    }
    return seen;
  }

  /** There is a connection again; `places` are the topics that the session has, if it is the old one. */
  goOn(places) {
    const resumed = new Map(places.map((each) => [each.topic, each]));
    for (const [topic, subscription] of this.#subscriptions) {
      clearTimeout(subscription.retry);
      if (resumed.has(topic)) {
        subscription.begins(resumed.get(topic));
      } else if (subscription.chosen) {
        // It was the old session's: the server chooses again for this one.
        this.ended(topic);
      } else if (subscription.epoch !== undefined) {
        this.#goOnFollowing(subscription);
      }
    }
    for (const [topic, place] of resumed) {
      if (this.#left.has(topic)) {
        this.#session.write({ type: 'unsubscribe', topic });
      } else if (!this.#subscriptions.has(topic)) {
        this.chosen(place);
      }
    }
    this.#left.clear();
  }

  /** The server has subscribed the session to a topic, or another place in one that it follows. */
  chosen(place) {
    const known = this.#subscriptions.get(place.topic);
    const subscription = known ?? new Subscription(place.topic, null, (ended) => this.#unsubscribe(ended));
    subscription.begins(place);
    if (!known) {
      this.#subscriptions.set(place.topic, subscription);
      this.#session.tell('subscribed', subscription);
    }
  }

  /** The server has answered a `subscribe`. */
  begins(place) {
    this.#subscriptions.get(place.topic)?.begins(place);
  }

  ended(topic) {
    if (this.#subscriptions.delete(topic)) {
      this.#session.tell('unsubscribed', { topic });
    }
  }

  async #goOnFollowing(subscription, pauses = new Backoff(this.backoff)) {
    try {
      await this.#follow(subscription);
    } catch (error) {
      this.#unfollowed(subscription, error, pauses);
    }
  }

  /** What was lost with its connection, the next one tries again. */
  #unfollowed(subscription, error, pauses) {
    const { topic } = subscription;
    if (this.#subscriptions.get(topic) !== subscription || error instanceof ConnectionLostError) {
      return;
    }
    this.#session.tell('problem', error);
    if (error instanceof SignalboxError && !error.isTemporary) {
      this.#subscriptions.delete(topic);
    } else {
      subscription.retry = setTimeout(() => {
        if (this.#subscriptions.get(topic) === subscription && this.#session.state === 'open') {
          this.#goOnFollowing(subscription, pauses);
        }
      }, pauses.next());
    }
  }

  /** The client is closed. */
  close() {
    this.#subscriptions.forEach((each) => clearTimeout(each.retry));
  }

  received(frame) {
    this.#subscriptions.get(frame.topic)?.received(new Message(frame));
  }

  gap(frame) {
    this.#subscriptions.get(frame.topic)?.gap(frame);
  }
}

function listen(target, type, handler) {
  if (handler) {
    target.addEventListener(type, ({ detail }) => handler(detail));
  }
}
