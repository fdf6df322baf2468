import { ConnectionLostError, SignalboxError, TimeoutError } from './errors.js';

/** Frames that wait for the server's answer, and those that wait for a connection. Bounded. */
export class Calls {
  #waiting = new Map();
  #next = 1;

  constructor(most) {
    this.most = most;
  }

  /**
   * Sends `frame` with an id of its own, now or once there is a connection, and settles with its answer.
   * `repeatable`: sent again after a reconnect, because the server knows a repetition.
   */
  begin(frame, { timeout, repeatable = false }, send) {
    if (this.#waiting.size >= this.most) {
      return Promise.reject(new RangeError(`${this.most} calls wait for their answers, the limit; wait for some first`));
    }
    const id = `c${this.#next++}`;
    return new Promise((resolve, reject) => {
      const call = { frame: { ...frame, id }, repeatable, resolve, reject, sent: false };
      call.timer = setTimeout(() => this.#expire(id, timeout), timeout);
      this.#waiting.set(id, call);
      this.#send(call, send);
    });
  }

  /** A frame that is too large is not sent. */
  #send(call, send) {
    try {
      call.sent = send(call.frame);
    } catch (error) {
      this.fail(call.frame.id, error);
    }
  }

  #expire(id, timeout) {
    const call = this.#take(id);
    call?.reject(new TimeoutError(
      call.sent ? `no answer came within ${timeout} ms` : `there was no connection within ${timeout} ms`));
  }

  #take(id) {
    const call = this.#waiting.get(id);
    if (call) {
      clearTimeout(call.timer);
      this.#waiting.delete(id);
    }
    return call;
  }

  succeed(frame) {
    this.#take(frame.id)?.resolve(frame);
  }

  /** False if nothing waits under this id. */
  fail(id, error) {
    const call = this.#take(id);
    call?.reject(error);
    return call !== undefined;
  }

  /** There is a connection: what waits for one is sent. */
  connected(send) {
    for (const call of [...this.#waiting.values()]) {
      if (!call.sent) {
        this.#send(call, send);
      }
    }
  }

  /**
   * The server ended the connection since a message was too large, though this client knew of no such limit: a proxy between them may
   * have one of its own. The largest call that was not answered is taken for it, and fails. So each such end is of one call, and none is
   * repeated for ever.
   */
  refuseLargest() {
    const size = ({ frame }) => JSON.stringify(frame).length;
    const [largest] = [...this.#waiting.values()].filter((call) => call.sent).sort((a, b) => size(b) - size(a));
    if (largest) {
      this.fail(largest.frame.id, new SignalboxError(
        'too-large', 'the connection was ended with 1009, message too large, and this was the largest that was not answered'));
    }
  }

  /** The connection broke: what may not be repeated has failed. */
  lost() {
    for (const [id, call] of [...this.#waiting]) {
      if (call.sent && call.repeatable) {
        call.sent = false;
      } else if (call.sent) {
        this.fail(id, new ConnectionLostError());
      }
    }
  }

  failAll(error) {
    for (const id of [...this.#waiting.keys()]) {
      this.fail(id, error);
    }
  }
}
