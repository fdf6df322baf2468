/**
 * Repeats a step, one at a time: `interval` after it ended, with a growing backoff while it fails, and not at all while
 * the page is hidden. The step returns whether it succeeded.
 */
export class Poller {
  #step;
  #interval;
  #timer;
  #failures = 0;
  #running = false;
  #busy = false;

  constructor(step, interval) {
    this.#step = step;
    this.#interval = interval;
    document.addEventListener('visibilitychange', () => this.now());
  }

  start() {
    this.#running = true;
    this.#failures = 0;
    this.now();
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** Takes the next step at once instead of at its time. */
  now() {
    clearTimeout(this.#timer);
    if (this.#running && !this.#busy && !document.hidden) {
      this.#turn();
    }
  }

  async #turn() {
    this.#busy = true;
    const succeeded = await this.#step();
    this.#busy = false;
    this.#failures = succeeded ? 0 : Math.min(this.#failures + 1, 4);
    clearTimeout(this.#timer);
    if (this.#running && !document.hidden) {
      this.#timer = setTimeout(() => this.#turn(), this.#interval * 2 ** this.#failures);
    }
  }
}
