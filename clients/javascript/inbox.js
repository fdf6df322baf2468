const PAGE = 50;

/**
 * The inbox of a connected client: what waits there, kept up to date while the client is connected. Events: `change` whenever what
 * it shows has changed, and `problem` if it could not be listed anew.
 */
export class Inbox extends EventTarget {
  #client;
  #subscription = null;
  #listing = null;
  #again = false;
  #next = undefined;
  #anew = () => this.#list().catch(() => {}); // told as `problem`

  /** @param {import('./signalbox.js').Signalbox} client */
  constructor(client) {
    super();
    this.#client = client;
    /** The newest items that are not archived, newest first; see {@link more}. */
    this.items = [];
    this.unread = 0;
    /** Whose it is, once that is known. */
    this.recipient = undefined;
  }

  /** Whether there are older items than those in `items`. */
  get hasMore() {
    return this.#next !== undefined;
  }

  /** Lists it, and follows it from then on. Subscribes before it lists, so that nothing is missed in between. */
  async open() {
    const { recipient } = await this.#ask({ list: { limit: 1 } });
    this.recipient = recipient;
    this.#subscription = await this.#client.subscribe(`inbox/${recipient}`, {
      onMessage: (message) => this.#happened(message.json),
      onGap: this.#anew,
    });
    this.#client.addEventListener('restarted', this.#anew);
    await this.#list();
    return this;
  }

  /** Follows it no more. */
  async close() {
    this.#client.removeEventListener('restarted', this.#anew);
    await this.#subscription?.unsubscribe();
    this.#subscription = null;
  }

  /** Adds older items, if there are any. */
  async more() {
    if (this.hasMore) {
      const page = await this.#ask({ list: { after: this.#next, limit: PAGE } });
      const known = new Set(this.items.map((item) => item.id));
      this.#show([...this.items, ...page.items.filter((item) => !known.has(item.id))], page.unread, page.next);
    }
  }

  /** Marks items as `READ`, `UNREAD` or `ARCHIVED`. Settles with `{changed, unread}`. */
  mark(ids, state) {
    return this.#marked({ ids: [ids].flat(), state });
  }

  /** Marks everything as `READ`, or as `ARCHIVED`. */
  markAll(state) {
    return this.#marked({ all: true, state });
  }

  async #marked(mark) {
    const marks = await this.#ask({ mark });
    await this.#list();
    return marks;
  }

  async #ask(wish) {
    const answer = (await this.#client.request('logic:inbox', wish)).json;
    if (answer.error) {
      throw new Error(`the inbox answers: ${answer.message}`);
    }
    return answer;
  }

  /** One listing at a time; a wish that comes meanwhile is heeded by one more. */
  async #list() {
    this.#again = true;
    this.#listing ??= this.#listAll().finally(() => { this.#listing = null; });
    return this.#listing;
  }

  async #listAll() {
    try {
      while (this.#again) {
        this.#again = false;
        const page = await this.#ask({ list: { limit: Math.max(PAGE, Math.min(500, this.items.length)) } });
        this.#show(page.items, page.unread, page.next);
      }
    } catch (error) {
      this.dispatchEvent(new CustomEvent('problem', { detail: error }));
      throw error;
    }
  }

  #happened(event) {
    if (this.#listing) {
      this.#again = true;
    } else if (event.type === 'added') {
      this.#show([event.item, ...this.items.filter((item) => item.id !== event.item.id)], event.unread, this.#next);
    } else if (event.state === 'ARCHIVED') {
      this.#show(this.items.filter((item) => !event.ids.includes(item.id)), event.unread, this.#next);
    } else if (event.ids.every((id) => this.items.some((item) => item.id === id))) {
      const marked = (item) => (event.ids.includes(item.id) ? { ...item, state: event.state } : item);
      this.#show(this.items.map(marked), event.unread, this.#next);
    } else {
      this.#list().catch(() => {}); // told as `problem`
    }
  }

  #show(items, unread, next) {
    this.items = items;
    this.unread = unread;
    this.#next = next;
    this.dispatchEvent(new CustomEvent('change'));
  }
}
