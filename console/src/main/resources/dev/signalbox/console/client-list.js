import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Element } from './element.js';
import { ago, number } from './words.js';

/** Who is connected to this node. */
class ClientList extends Element {
  static properties = { page: { attribute: false }, total: { type: Number }, now: { type: Number } };

  #details(client) {
    const metadata = Object.entries(client.metadata).map(([name, value]) => `${name} ${value}`);
    return [client.address, ...metadata].join(' · ');
  }

  #client(client) {
    return html`
      <li>
        <span class="lamp good" aria-hidden="true"></span>
        <span class="who">
          <b title=${client.id}>${client.id}</b>
          <small title=${this.#details(client)}>${this.#details(client)}</small>
        </span>
        <span class="when">
          <small>since ${ago(client.connectedAt, this.now)}</small>
          <small>${client.lastMessageAt ? `seen ${ago(client.lastMessageAt, this.now)}` : 'silent so far'}</small>
        </span>
      </li>
    `;
  }

  render() {
    const clients = this.page?.items ?? [];
    const more = this.total - clients.length;
    return html`
      <section class="card clients" aria-labelledby="clients-title">
        <header>
          <h2 id="clients-title">Connected clients</h2>
          <output class="count" aria-label="Connected clients">${number(this.total)}</output>
        </header>
        ${clients.length === 0
          ? html`<p class="empty">Nobody is connected. Messages go to the next way in their chain.</p>`
          : html`<ul tabindex="0" aria-label="Connected clients">${repeat(clients, (c) => c.id, (c) => this.#client(c))}</ul>`}
        ${clients.length && more > 0 ? html`<p class="more">and ${number(more)} more</p>` : nothing}
      </section>
    `;
  }
}

customElements.define('client-list', ClientList);
