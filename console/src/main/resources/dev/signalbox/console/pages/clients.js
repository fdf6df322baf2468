import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api } from '../api.js';
import { Page } from '../page.js';
import { PagedList } from '../paging.js';
import { address, go } from '../route.js';
import { line, plain } from '../untrusted.js';
import { ago, count, exactly } from '../words.js';

const REFRESH_MILLIS = 3000;

/** Who is connected, each session of each client, in the order of the clients' ids. */
class ClientsPage extends Page {
  #list;

  willUpdate(changed) {
    if (!changed.has('route')) return;
    const { id } = this.route.query;
    this.#list?.stop();
    this.#list = new PagedList((page, signal) => api.clients({ id, ...page }, signal), { changed: () => this.requestUpdate() });
    this.problem = undefined;
  }

  async refresh() {
    const list = this.#list;
    if (list.readAt && (!list.refreshable || Date.now() - list.readAt < REFRESH_MILLIS)) return;
    await list.refresh();
    this.problem = undefined;
  }

  #search(event) {
    event.preventDefault();
    go(address('clients', '', { id: new FormData(event.target).get('id').trim() }));
  }

  #client({ id, session, address: from, connectedAt, lastMessageAt, metadata, connected, node }, inCluster) {
    const details = Object.entries(metadata ?? {}).map(([name, value]) => `${name} ${value}`).join(' · ');
    return html`
      <tr>
        <th scope="row" data-label="Client">${line(id, 128)}</th>
        <td data-label="Session">${line(session, 36)}</td>
        <td data-label="Address">${line(from, 128)}</td>
        ${inCluster ? html`<td data-label="Node">${line(node ?? '', 64)}</td>` : nothing}
        <td data-label="Connected"><time datetime=${connectedAt} title=${exactly(connectedAt)}>${ago(connectedAt, this.now)}</time>${
          connected === false ? html` <span class="quiet">lost; may come back</span>` : nothing}</td>
        <td data-label="Last message">${lastMessageAt
          ? html`<time datetime=${lastMessageAt} title=${exactly(lastMessageAt)}>${ago(lastMessageAt, this.now)}</time>`
          : html`<span class="quiet">none yet</span>`}</td>
        <td data-label="Metadata">${details ? line(details) : html`<span class="quiet">none</span>`}</td>
      </tr>
    `;
  }

  #searchForm() {
    if (!this.features.takes('get /api/clients', 'id')) {
      return html`<small>This server cannot search clients by id.</small>`;
    }
    return html`
      <form role="search" class="bar" aria-label="Clients" @submit=${this.#search}>
        <label>Id begins with <input name="id" type="search" maxlength="128" autocomplete="off" spellcheck="false"
          .value=${this.route.query.id ?? ''}></label>
        <button class="primary">Search</button>
      </form>`;
  }

  #table() {
    const { items } = this.#list;
    if (!items) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    if (items.length === 0) {
      return this.route.query.id
        ? html`<p class="empty">No connected client’s id begins with “${plain(this.route.query.id)}”. <a href=${address('clients')}>Show all</a></p>`
        : html`<p class="empty">No client is connected. Messages to clients go on with their next step.</p>`;
    }
    const inCluster = items.some(({ node }) => node);
    return html`
      <table>
        <thead><tr><th scope="col">Client</th><th scope="col">Session</th><th scope="col">Address</th>
          ${inCluster ? html`<th scope="col">Node</th>` : nothing}<th scope="col">Connected</th><th scope="col">Last message</th>
          <th scope="col">Metadata</th></tr></thead>
        <tbody>${repeat(items, (client) => client.session ?? client.id, (client) => this.#client(client, inCluster))}</tbody>
      </table>
      ${this.showMore(this.#list)}
    `;
  }

  render() {
    return html`
      ${this.title('Clients', html`<span class="quiet">${count(this.overview.clients, 'client')} connected${
        this.#list?.items?.some(({ node }) => node) ? html` · <a href=${address('nodes')}>Nodes</a>` : nothing}</span>`)}
      <section class="card" aria-label="Connected clients">
        <div class="bar">${this.#searchForm()}</div>
        ${this.problemLine()}${this.#table()}
      </section>
    `;
  }
}

customElements.define('clients-page', ClientsPage);
