import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api } from '../api.js';
import { Page } from '../page.js';
import { line } from '../untrusted.js';
import { ago, count, exactly, number, span } from '../words.js';

const ROUTE = 'get /api/cluster';
const REFRESH_MILLIS = 3000;

/** The nodes that act as one, as the one that is asked sees them, and how many clients each has. */
class NodesPage extends Page {
  static properties = { cluster: { state: true }, missing: { state: true } };

  #readAt = 0;

  async refresh() {
    this.missing = !this.features.has(ROUTE);
    if (this.missing || Date.now() - this.#readAt < REFRESH_MILLIS) return;
    this.cluster = await api.cluster();
    this.#readAt = Date.now();
    this.problem = undefined;
  }

  #state({ self, draining }) {
    const words = [self && 'this node', draining && 'takes no new work'].filter(Boolean);
    return words.length ? words.join(', ') : html`<span class="quiet">in service</span>`;
  }

  #node(node) {
    const { name, id, clients, silent, since, logics } = node;
    return html`
      <tr>
        <th scope="row" data-label="Node"><span title=${id}>${line(name, 64)}</span></th>
        <td data-label="State">${this.#state(node)}</td>
        <td data-label="Clients">${number(clients)}</td>
        <td data-label="Heard">${node.self ? html`<span class="quiet">always</span>` : html`${span(silent)} ago`}</td>
        <td data-label="Joined"><time datetime=${since} title=${exactly(since)}>${ago(since, this.now)}</time></td>
        <td data-label="Logic">${logics.length ? line(logics.join(' · ')) : html`<span class="quiet">none</span>`}</td>
      </tr>
    `;
  }

  #content() {
    if (this.missing || this.cluster?.link === 'none') {
      return html`<p class="empty">This node is alone. With <code>cluster.link</code>, several act as one.</p>`;
    }
    if (!this.cluster) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    const { nodes, problem } = this.cluster;
    return html`
      ${problem ? html`<p class="problem" role="alert">${line(problem)}</p>` : nothing}
      <table>
        <thead><tr><th scope="col">Node</th><th scope="col">State</th><th scope="col">Clients</th><th scope="col">Heard</th><th scope="col">Joined</th>
          <th scope="col">Logic</th></tr></thead>
        <tbody>${repeat(nodes, (node) => node.id, (node) => this.#node(node))}</tbody>
      </table>
    `;
  }

  render() {
    const { nodes = [], link } = this.cluster ?? {};
    const clients = nodes.reduce((sum, node) => sum + node.clients, 0);
    return html`
      ${this.title('Nodes', nodes.length
        ? html`<span class="quiet">${count(nodes.length, 'node')} over ${link}, ${count(clients, 'client')} connected</span>`
        : nothing)}
      <section class="card" aria-label="Nodes">${this.problemLine()}${this.#content()}</section>
    `;
  }
}

customElements.define('nodes-page', NodesPage);
