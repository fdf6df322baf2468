import { Refusal, SignalboxError } from './errors.js';
import { Message, encode } from './message.js';

/** Messages whose ids are remembered, so that what comes again is not handled again; and answers to requests that wait for a connection. */
const REMEMBERED = 1_000;

/**
 * Characters of a refusal's reason that are sent. What the server tells of it is less, and with more the frame could be too large to be sent: then
 * the message would come again.
 */
const MAX_REASON = 100;

/** What a requester is told of a handler that threw; with what is this client's own affair. */
const FAILED = 'its handler failed';

/** Messages and requests outside topics. */
export class Deliveries {
  #handled = new Map();
  /** Answers to requests that found no connection; the server keeps the requests as long as the session may come back. */
  #late = [];

  /**
   * `session` has `write(frame)`, which is false if there is no connection, and `tell(type, detail)`; `onMessage` and `onRequest` are the
   * application's.
   */
  constructor(session, { onMessage, onRequest }) {
    this.session = session;
    this.onMessage = onMessage;
    this.onRequest = onRequest;
  }

  async received(frame) {
    const message = new Message(frame);
    if (!frame.ack) {
      this.session.tell('message', message);
      return this.onMessage?.(message);
    }
    if (!this.#handled.has(frame.id)) {
      this.#remember(frame.id, this.#handle(message));
    }
    const answer = await this.#handled.get(frame.id);
    return answer && this.session.write({ ...answer, id: frame.id });
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
      this.session.tell('message', message);
      await this.onMessage?.(message);
      return { type: 'ack' };
    } catch (error) {
      if (error instanceof Refusal) {
        return nack(error.message);
      }
      this.#handled.delete(message.id);
      this.session.tell('problem', error);
      return null;
    }
  }

  /** Somebody asks, and is told if this session does not reply. */
  async asked(frame) {
    const answer = await this.#reply(new Message(frame));
    try {
      this.#answer({ ...answer, id: frame.id });
    } catch (error) {
      this.session.tell('problem', error);
      const why = error instanceof SignalboxError ? `reply too large: ${error.message}` : FAILED;
      this.#answer({ ...nack(why), id: frame.id });
    }
  }

  #answer(answer) {
    if (!this.session.write(answer)) {
      this.#late.splice(0, this.#late.length - REMEMBERED + 1);
      this.#late.push(answer);
    }
  }

  /** The session has a connection again. */
  resumed() {
    this.#late.splice(0).forEach((answer) => this.#answer(answer));
  }

  /** The session has ended, and with it what it was asked. */
  restarted() {
    this.#late = [];
  }

  async #reply(request) {
    if (!this.onRequest) {
      return nack('this client answers no requests');
    }
    try {
      return { type: 'reply', ...encode(await this.onRequest(request)) };
    } catch (error) {
      if (error instanceof Refusal) {
        return nack(error.message);
      }
      this.session.tell('problem', error);
      return nack(FAILED);
    }
  }
}

function nack(reason) {
  return { type: 'nack', reason: [...reason].slice(0, MAX_REASON).join('') };
}
