/** How many items a list may have and still be refreshed as a whole; as many as the server gives in one page. */
export const LONGEST_PAGE = 500;

/**
 * A list that is read page by page through the server's cursors. `fetchPage(query, signal)` answers
 * `{items, next, searched}`. `changed` is called whenever something of it is new.
 */
export class PagedList {
  items = undefined;
  next = undefined;
  /** How many items the server has looked at for this list, where it says so. */
  searched = 0;
  reading = false;
  problem = undefined;
  readAt = undefined;

  #fetchPage;
  #changed;
  #size;
  #abort = new AbortController();

  constructor(fetchPage, { size = 50, changed }) {
    this.#fetchPage = fetchPage;
    this.#size = size;
    this.#changed = changed;
  }

  /** Whether everything that is shown can be read again in one page. */
  get refreshable() {
    return (this.items?.length ?? 0) <= LONGEST_PAGE;
  }

  /** Reads again, from the top, as many items as there are. */
  refresh() {
    const size = Math.min(Math.max(this.items?.length ?? 0, this.#size), LONGEST_PAGE);
    return this.#read({ limit: size }, []);
  }

  /** Reads the page behind the last item. */
  more() {
    return this.next ? this.#read({ limit: this.#size, cursor: this.next }, this.items) : Promise.resolve();
  }

  /** Gives up a read that is under way; what was found so far stays. */
  stop() {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** The server may stop looking before it has found anything: then this goes on from where it stopped. */
  async #read(query, before) {
    if (this.reading) return;
    const { signal } = this.#abort;
    this.reading = true;
    let searched = query.cursor ? this.searched : 0;
    try {
      let page = await this.#fetchPage(query, signal);
      searched += page.searched ?? 0;
      while (page.items.length === 0 && page.next) {
        this.#progress(before, page, searched);
        page = await this.#fetchPage({ ...query, cursor: page.next }, signal);
        searched += page.searched ?? 0;
      }
      this.#take(before, page, searched);
    } catch (failure) {
      if (failure.name !== 'AbortError') throw failure;
    } finally {
      this.reading = false;
      this.#changed();
    }
  }

  #progress(before, page, searched) {
    this.next = page.next;
    this.searched = searched;
    this.items ??= before;
    this.readAt = Date.now();
    this.#changed();
  }

  /** A message that moved between two reads may be on both pages: the newer one counts. */
  #take(before, page, searched) {
    const fresh = new Set(page.items.map((item) => item.id));
    this.items = [...before.filter((item) => !fresh.has(item.id)), ...page.items];
    this.next = page.next;
    this.searched = searched;
    this.readAt = Date.now();
    this.problem = undefined;
  }
}
