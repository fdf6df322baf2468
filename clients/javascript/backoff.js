/**
 * How long to wait before the next attempt to connect: exponential, with full jitter (Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015), so that clients that lost one server do not come back at the same moment.
 */
export class Backoff {
  #attempts = 0;

  /**
   * @param {{first?: number, most?: number, random?: () => number}} options in milliseconds; by default 500 and 30,000
   */
  constructor({ first = 500, most = 30_000, random = Math.random } = {}) {
    this.first = first;
    this.most = most;
    this.random = random;
  }

  /** Milliseconds before the next attempt; at least `atLeast`. */
  next(atLeast = 0) {
    const bound = Math.min(this.most, this.first * 2 ** Math.min(this.#attempts++, 30));
    return atLeast + Math.round(this.random() * bound);
  }

  /** An attempt succeeded. */
  reset() {
    this.#attempts = 0;
  }
}
