import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api } from '../api.js';
import { commandLine } from '../commands.js';
import { Page } from '../page.js';
import { PagedList } from '../paging.js';
import { address, go } from '../route.js';
import { line } from '../untrusted.js';

const REFRESH_MILLIS = 5000;

/** The sessions there are, in the order of their names, and a way to open one by its name. */
class SessionsPage extends Page {
  #list;

  willUpdate(changed) {
    if (!changed.has('route') || this.#list) return;
    this.#list = new PagedList(({ cursor, ...page }, signal) => api.sessions({ after: cursor, ...page }, signal), {
      changed: () => this.requestUpdate(),
    });
  }

  async refresh() {
    const list = this.#list;
    if (!this.#lists) return;
    if (list.readAt && (!list.refreshable || Date.now() - list.readAt < REFRESH_MILLIS)) return;
    await list.refresh();
    this.problem = undefined;
  }

  get #lists() {
    return this.features.has('get /api/sessions');
  }

  #open(event) {
    event.preventDefault();
    go(address('sessions', new FormData(event.target).get('name').trim()));
  }

  #names() {
    if (!this.#lists) return html`<p class="empty">This server cannot list its sessions.</p>`;
    const { items } = this.#list;
    if (!items) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    if (items.length === 0) {
      return html`<p class="empty">There is no session yet. A session is a named, ordered stream of events. The first event begins one:<br>
        <code>${commandLine('append')}</code></p>`;
    }
    return html`
      <ul class="sessions" aria-label="Sessions">${repeat(items, ({ id }) => id, ({ id }) =>
        html`<li><a href=${address('sessions', id)}>${line(id, 200)}</a></li>`)}</ul>
      ${this.showMore(this.#list)}
    `;
  }

  render() {
    return html`
      ${this.title('Sessions', nothing)}
      <section class="card" aria-label="All sessions">
        <form class="bar" aria-label="Open a session" @submit=${this.#open}>
          <label>Name <input name="name" required maxlength="200" autocomplete="off" spellcheck="false" placeholder="game-7"></label>
          <button class="primary">Open</button>
        </form>
        ${this.problemLine()}${this.#names()}
      </section>
    `;
  }
}

customElements.define('sessions-page', SessionsPage);
