import { html, nothing } from 'lit';
import { api } from '../api.js';
import { Page } from '../page.js';
import { PagedList } from '../paging.js';
import { address } from '../route.js';
import { line } from '../untrusted.js';
import { ago, exactly, number } from '../words.js';

const LIST = 'get /api/templates';
const REFRESH_MILLIS = 3000;

/** All templates by name; each leads to its texts and a preview. */
class TemplatesPage extends Page {
  static properties = { missing: { state: true } };

  #list = new PagedList((query, signal) => this.#page(query, signal), { changed: () => this.requestUpdate() });

  /** Several rows have the same name, so each gets an id for the list. */
  async #page({ cursor, ...query }, signal) {
    const page = await api.templates({ ...query, after: cursor }, signal);
    return { ...page, items: page.items.map((item) => ({ ...item, id: [item.name, item.channel, item.locale].join(' ') })) };
  }

  leave() {
    this.#list.stop();
  }

  async refresh() {
    this.missing = !this.features.has(LIST);
    const list = this.#list;
    if (this.missing || (list.readAt && (!list.refreshable || Date.now() - list.readAt < REFRESH_MILLIS))) return;
    await list.refresh();
    this.problem = undefined;
  }

  #template({ name, channel, locale, version, engine, variables, createdAt }) {
    return html`
      <tr>
        <th scope="row" data-label="Template"><a href=${address('templates', name)}>${line(name, 64)}</a></th>
        <td data-label="Channel">${channel ? line(channel) : html`<span class="quiet">every</span>`}</td>
        <td data-label="Language">${locale ? line(locale) : html`<span class="quiet">any other</span>`}</td>
        <td data-label="Version">${number(version)}</td>
        <td data-label="Engine">${engine}</td>
        <td data-label="Variables">${variables.length ? line(variables.join(' · ')) : html`<span class="quiet">none</span>`}</td>
        <td data-label="Saved"><time datetime=${createdAt} title=${exactly(createdAt)}>${ago(createdAt, this.now)}</time></td>
      </tr>
    `;
  }

  #table() {
    if (this.missing) return html`<p class="empty">This server keeps no templates.</p>`;
    const { items } = this.#list;
    if (!items) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    if (items.length === 0) return html`<p class="empty">There is no template yet. <code>signalbox template save</code> saves one.</p>`;
    return html`
      <table>
        <thead><tr><th scope="col">Template</th><th scope="col">Channel</th><th scope="col">Language</th><th scope="col">Version</th>
          <th scope="col">Engine</th><th scope="col">Variables</th><th scope="col">Saved</th></tr></thead>
        <tbody>${items.map((template) => this.#template(template))}</tbody>
      </table>
      ${this.showMore(this.#list)}
    `;
  }

  render() {
    return html`
      ${this.title('Templates', html`<a href=${address('messages')}>‹ Messages</a>`)}
      <section class="card" aria-label="Templates">${this.problemLine()}${this.#table()}</section>
    `;
  }
}

customElements.define('templates-page', TemplatesPage);
