/**
 * A topic that the client subscribes to. Events: `message` (`detail`: {@link Message}) and `gap` (`detail`: what is lost). It
 * outlives connections: after each reconnect it goes on where it was.
 */
export class Subscription extends EventTarget {
  #unsubscribe;

  /** @param {string} topic @param {object} start fields of the first `subscribe` frame; null if the server began it */
  constructor(topic, start, unsubscribe) {
    super();
    /** Whether the server began it, and not this client. */
    this.chosen = start === null;
    this.topic = topic;
    this.start = start;
    /** The life of the topic, and the offset of the last message seen in it; undefined before the server has answered. */
    this.epoch = undefined;
    this.offset = undefined;
    /** @internal The timer of the next attempt, after the server could not give it. */
    this.retry = undefined;
    this.#unsubscribe = unsubscribe;
  }

  /** Ends it. */
  unsubscribe() {
    return this.#unsubscribe(this);
  }

  /** @internal The place to go on from, as a frame has it. */
  place() {
    return this.epoch === undefined ? this.start : { epoch: this.epoch, offset: this.offset };
  }

  /** @internal The server has said after which offset messages follow. */
  begins({ epoch, offset, recovered }) {
    const before = this.offset;
    const another = this.epoch !== undefined && this.epoch !== epoch;
    const behind = !another && before !== undefined && offset > before;
    this.epoch = epoch;
    this.offset = offset;
    if (another) {
      // How many were lost is not known: the topic has begun anew meanwhile.
      this.#lost({ topic: this.topic, epoch, conflated: false });
    } else if (behind) {
      this.#lost({ topic: this.topic, expected: before + 1, next: offset + 1, conflated: false });
    }
    return recovered;
  }

  /** @internal */
  received(message) {
    if (this.epoch === undefined) {
      // Of an older subscription to the topic: of this one, nothing comes before the server's answer.
      return;
    }
    // A volatile message has no place.
    if (message.offset !== undefined) {
      if (message.offset <= this.offset) {
        return;
      }
      this.offset = message.offset;
    }
    this.dispatchEvent(new CustomEvent('message', { detail: message }));
  }

  /** @internal */
  gap({ topic, expected, next, conflated = false }) {
    if (this.epoch === undefined) {
      return;
    }
    this.offset = next - 1;
    this.#lost({ topic, expected, next, conflated });
  }

  #lost(detail) {
    this.dispatchEvent(new CustomEvent('gap', { detail }));
  }
}
