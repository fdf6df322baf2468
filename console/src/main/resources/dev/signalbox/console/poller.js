/**
 * Does something again and again, one at a time: `interval` after it ended, later and later while it fails, and not at
 * all while nobody looks at the page.
 */
export class Poller {
  #step;
  #interval;
  #timer;
  #failures = 0;
  #running = false;

  constructor(step, interval) {
    this.#step = step;
    this.#interval = interval;
    document.addEventListener('visibilitychange', () => this.#look());
  }

  start() {
    this.#running = true;
    this.#failures = 0;
    this.#look();
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  #look() {
    clearTimeout(this.#timer);
    if (this.#running && !document.hidden) {
      this.#turn();
    }
  }

  async #turn() {
    const well = await this.#step();
    this.#failures = well ? 0 : Math.min(this.#failures + 1, 4);
    clearTimeout(this.#timer);
    if (this.#running && !document.hidden) {
      this.#timer = setTimeout(() => this.#turn(), this.#interval * 2 ** this.#failures);
    }
  }
}
