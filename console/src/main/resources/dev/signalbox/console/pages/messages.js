import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api, Refusal } from '../api.js';
import { commandLine } from '../commands.js';
import { actionsOnAll, canActOnAll, questionOnAll } from '../message-actions.js';
import '../message-filters.js';
import { FILTERS } from '../message-filters.js';
import { messageRows } from '../message-rows.js';
import { Page } from '../page.js';
import { LONGEST_PAGE, PagedList } from '../paging.js';
import { address, go } from '../route.js';
import '../state-counts.js';
import { plain } from '../untrusted.js';
import { clock, count, number } from '../words.js';

const REFRESH_MILLIS = 3000;
const KEPT_LISTS = 5;
const MOST_AT_ONCE = 10_000;

/** The messages that a filter chooses, newest first, without end. */
class MessagesPage extends Page {
  static properties = { errors: { state: true } };

  #list;
  #shownCounts;

  willUpdate(changed) {
    if (changed.has('route')) this.#show();
  }

  firstUpdated() {
    const { scrollY, focus } = this.shell.lists.get(this.#key) ?? {};
    const opened = focus && this.querySelector(`[data-id="${focus}"]`);
    this.restored = Boolean(opened);
    if (!opened) return;
    window.scrollTo(0, scrollY);
    opened.focus({ preventScroll: true });
  }

  get #key() {
    return address('messages', '', this.#query);
  }

  /** Only what the server is known to take; whatever else an address holds is not asked for. */
  get #query() {
    return Object.fromEntries(FILTERS.filter((name) => this.route.query[name]).map((name) => [name, this.route.query[name]]));
  }

  /** A list that was left for one of its messages is there again, with everything that had been read. */
  #show() {
    const query = this.#query;
    this.#list?.stop();
    this.#list = this.shell.lists.get(this.#key)?.list ?? new PagedList(
      (page, signal) => api.messages({ ...query, ...page }, signal), { changed: () => this.shell.redraw() });
    this.problem = this.errors = undefined;
    this.#shownCounts = undefined;
  }

  /** Called before the page is left: `to` is the message that is opened, if one is. */
  leave(to) {
    const { lists } = this.shell;
    lists.delete(this.#key);
    lists.set(this.#key, { list: this.#list, scrollY: window.scrollY, focus: to });
    if (lists.size > KEPT_LISTS) lists.delete(lists.keys().next().value);
    this.#list.stop();
  }

  /** What makes the server look through many messages is repeated when a person asks, not by itself. */
  get #isLive() {
    const { text, reason } = this.#query;
    return !text && !reason && !this.#list.searched && !this.errors?.length && this.#list.refreshable;
  }

  async refresh() {
    if (!this.#list.readAt) return this.#read(() => this.#list.refresh());
    const counts = JSON.stringify(this.overview.counts);
    const due = counts !== this.#shownCounts || Date.now() - this.#list.readAt > REFRESH_MILLIS;
    return this.#isLive && due ? this.#read(() => this.#list.refresh()) : undefined;
  }

  async #read(read) {
    const list = this.#list;
    this.#shownCounts = JSON.stringify(this.overview.counts);
    try {
      await read();
      if (list === this.#list) this.problem = this.errors = undefined;
    } catch (failure) {
      if (list !== this.#list) return;
      list.readAt ??= failure instanceof Refusal ? Date.now() : undefined;
      this.errors = failure.errors;
      throw failure;
    } finally {
      this.requestUpdate();
    }
  }

  #again() {
    this.shell.run(() => this.#read(() => this.#list.refresh()));
  }

  #more() {
    this.shell.run(() => this.#read(() => this.#list.more()));
  }

  #filter({ detail }) {
    go(address('messages', '', detail));
  }

  async #actOnAll(action) {
    const { state, ...others } = this.#query;
    const request = { action: action.action, outcome: action.outcome, filter: { state, ...others }, limit: MOST_AT_ONCE };
    await this.attempt(async () => {
      const found = await api.actOnAll({ ...request, dryRun: true });
      if (found.matched === 0) return this.shell.tell('No message matches any more.');
      const answer = await this.shell.ask(questionOnAll(action, found, words(this.#query)));
      if (!answer) return undefined;
      const { changed, more } = await api.actOnAll({ ...request, note: answer.note });
      this.shell.tell(`${count(changed, 'message')} changed.${more ? ' More match: repeat it for the rest.' : ''}`);
      return this.#read(() => this.#list.refresh());
    });
  }

  #bulk() {
    const { state, id } = this.#query;
    const actions = actionsOnAll(state);
    if (!this.mayAct || id || actions.length === 0 || !this.#list.items?.length) return nothing;
    return canActOnAll(this.features)
      ? html`<div class="buttons" role="group" aria-label="All messages that match">${repeat(actions, (action) => action.all, (action) => html`
          <button class="plain ${action.danger ? 'danger' : ''}" @click=${() => this.#actOnAll(action)}>${action.all}</button>`)}</div>`
      : html`<small>This server can act on one message at a time only.</small>`;
  }

  #empty() {
    return Object.keys(this.#query).length
      ? html`<p class="empty">No message matches ${words(this.#query)}. <a href=${address('messages')}>Show all</a></p>`
      : html`<p class="empty">No message yet. Send the first one with<br><code>${commandLine('send')}</code></p>`;
  }

  #items() {
    const { items, reading, next } = this.#list;
    if (items?.length) return messageRows(items, this.now);
    if (this.problem) return nothing;
    if (!items || reading) return html`<p class="empty">Reading…</p>`;
    return next ? html`<p class="empty">Nothing found so far.</p>` : this.#empty();
  }

  #foot() {
    const { reading, next, searched, items, readAt } = this.#list;
    if (reading && searched) {
      return html`<p class="more" role="status">Looked at ${count(searched, 'message')} so far…
        <button class="link" @click=${() => this.#list.stop()}>Stop</button></p>`;
    }
    if (!items) return nothing;
    return html`<p class="more">
      ${next ? html`<button class="plain" ?disabled=${reading} @click=${this.#more}>Show more</button>` : nothing}
      <span>${number(items.length)} shown${searched ? `, ${number(searched)} looked at` : ''}.
      ${this.#isLive || !readAt ? nothing : html`${this.#list.refreshable ? '' : `Beyond ${LONGEST_PAGE} it is not updated by itself. `}As of
        ${clock(readAt)}. <button class="link" @click=${this.#again}>Read again</button>`}</span></p>`;
  }

  /** To the pages beside this one, where the server has what they show. */
  #links() {
    const link = (page, name) => (this.features?.has(`get /api/${page}`)
      ? html`<a href=${address(page)}>${name}</a>` : nothing);
    return html`<span class="links">${link('batches', 'Batches')}${link('templates', 'Templates')}</span>`;
  }

  render() {
    return html`
      ${this.title('Messages', this.#links())}
      <state-counts .counts=${this.overview.counts} .query=${this.#query}></state-counts>
      <section class="card" aria-label="List of messages">
        <message-filters .query=${this.#query} .features=${this.features} .errors=${this.errors} @filter=${this.#filter}></message-filters>
        <div class="bar">${this.#bulk()}</div>
        ${this.problemLine()}${this.#items()}${this.#foot()}
      </section>
    `;
  }
}

const words = (query) => Object.entries(query).map(([name, value]) => `${name} ${plain(value)}`).join(', ');

customElements.define('messages-page', MessagesPage);
