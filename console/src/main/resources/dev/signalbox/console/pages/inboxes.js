import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api } from '../api.js';
import { Page } from '../page.js';
import { PagedList } from '../paging.js';
import { address, go } from '../route.js';
import { block, line, plain } from '../untrusted.js';
import { ago, count, exactly } from '../words.js';

const LIST = 'get /api/inboxes/{recipient}';
const REFRESH_MILLIS = 3000;
const LONGEST_BODY = 2000;
const STATES = { '': 'Not archived', UNREAD: 'Unread', READ: 'Read', ARCHIVED: 'Archived' };

/** What an item can become, by what it is. */
const MARKS = {
  UNREAD: { READ: 'Mark as read', ARCHIVED: 'Archive' },
  READ: { UNREAD: 'Mark as unread', ARCHIVED: 'Archive' },
  ARCHIVED: { UNREAD: 'Mark as unread' },
};

/** The inbox of one recipient, newest first, as that recipient sees it. */
class InboxesPage extends Page {
  static properties = { missing: { state: true }, unread: { state: true } };

  #list;

  willUpdate(changed) {
    if (!changed.has('route')) return;
    const { recipient, state } = this.route.query;
    this.#list?.stop();
    this.#list = recipient && new PagedList(({ cursor, ...page }, signal) => this.#page(recipient, { state, after: cursor, ...page }, signal),
      { changed: () => this.requestUpdate() });
    this.problem = this.unread = undefined;
  }

  async #page(recipient, query, signal) {
    const page = await api.inbox(recipient, query, signal);
    this.unread = page.unread;
    return page;
  }

  leave() {
    this.#list?.stop();
  }

  async refresh() {
    this.missing = !this.features.has(LIST);
    const list = this.#list;
    if (this.missing || !list || (list.readAt && (!list.refreshable || Date.now() - list.readAt < REFRESH_MILLIS))) return;
    await list.refresh();
    this.problem = undefined;
  }

  #open(event) {
    event.preventDefault();
    const { recipient, state } = Object.fromEntries(new FormData(event.target));
    go(address('inboxes', '', { recipient: recipient.trim(), state }));
  }

  async #mark(body) {
    await this.attempt(async () => {
      await api.markInbox(this.route.query.recipient, body);
      await this.#list.refresh();
    });
  }

  #form() {
    const { recipient = '', state = '' } = this.route.query;
    return html`
      <form role="search" class="bar" aria-label="Inboxes" @submit=${this.#open}>
        <label>Recipient <input name="recipient" type="search" required maxlength="122" placeholder="alice" autocomplete="off" spellcheck="false"
          .value=${recipient}></label>
        <label>Items <select name="state" .value=${state}>${Object.entries(STATES).map(([value, words]) => html`
          <option value=${value} ?selected=${value === state}>${words}</option>`)}</select></label>
        <button class="primary">Show</button>
      </form>`;
  }

  #actions({ id, state, subject }) {
    if (!this.mayAct) return nothing;
    return html`<div class="buttons">${Object.entries(MARKS[state]).map(([to, words]) => html`
      <button class="plain" aria-label="${words}: ${plain(subject ?? id, 60)}" @click=${() => this.#mark({ ids: [id], state: to })}>${words}</button>`)}
    </div>`;
  }

  #item(item) {
    const { id, subject, body, html: isHtml, category, state, at } = item;
    return html`
      <tr data-id=${id}>
        <th scope="row" data-label="Item"><a href=${address('messages', message(id))}>${line(subject ?? 'No subject', 200)}</a><br>
          <small>${block(body, LONGEST_BODY)}</small></th>
        <td data-label="Category">${category ? line(category, 64) : html`<span class="quiet">none</span>`}${isHtml
          ? html` <small>HTML</small>` : nothing}</td>
        <td class="word" data-label="State">${state}</td>
        <td data-label="Arrived"><time datetime=${at} title=${exactly(at)}>${ago(at, this.now)}</time></td>
        <td data-label="Actions">${this.#actions(item)}</td>
      </tr>
    `;
  }

  #table() {
    const { recipient } = this.route.query;
    if (!recipient) return html`<p class="empty">Whose inbox? Recipients are ids of clients, as in inbox:alice.</p>`;
    const { items } = this.#list;
    if (!items) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    if (items.length === 0) return html`<p class="empty">Nothing here for ${line(recipient, 122)}.</p>`;
    return html`
      <table>
        <thead><tr><th scope="col">Item</th><th scope="col">Category</th><th scope="col">State</th><th scope="col">Arrived</th>
          <th scope="col">Actions</th></tr></thead>
        <tbody>${repeat(items, ({ id }) => id, (item) => this.#item(item))}</tbody>
      </table>
      ${this.showMore(this.#list)}
    `;
  }

  /** What was sent to this recipient as a client or into the inbox; other addresses are asked for there. */
  #aside() {
    const { recipient } = this.route.query;
    if (!recipient || this.missing) return nothing;
    return html`<span class="quiet">${this.unread === undefined ? '' : `${count(this.unread, 'item')} unread · `}<a
      href=${address('messages', '', { address: recipient })}>Messages to ${line(recipient, 60)}</a></span>`;
  }

  #all() {
    if (!this.mayAct || !this.unread) return nothing;
    return html`<div class="bar"><div class="buttons">
      <button class="plain" @click=${() => this.#mark({ all: true, state: 'READ' })}>Mark all as read</button></div></div>`;
  }

  render() {
    return html`
      ${this.title('Inboxes', this.#aside())}
      <section class="card" aria-label="Inbox">
        ${this.missing
          ? html`<p class="empty">This server keeps no inboxes.</p>`
          : html`${this.#form()}${this.#all()}${this.problemLine()}${this.#table()}`}
      </section>
    `;
  }
}

/** An item has the id of its message, with the number of the step behind a dot if it was not the first. */
const message = (id) => id.split('.')[0];

customElements.define('inboxes-page', InboxesPage);
