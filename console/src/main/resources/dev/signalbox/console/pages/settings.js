import { html, nothing } from 'lit';
import { api, Refusal } from '../api.js';
import { commandLine } from '../commands.js';
import { Page } from '../page.js';
import { line, plain } from '../untrusted.js';
import { number } from '../words.js';

const ROUTE = 'get /api/settings';

/** The settings in effect, and where each comes from. They do not change while the server runs. */
class SettingsPage extends Page {
  static properties = { settings: { state: true }, missing: { state: true }, wanted: { state: true } };

  #asked = false;

  async refresh() {
    if (this.#asked) return;
    this.missing = !this.features.has(ROUTE);
    if (!this.missing) this.settings = (await api.settings()).items;
    this.#asked = true;
  }

  refused(failure) {
    this.#asked = failure.status < 500;
    if (failure instanceof Refusal && failure.status === 404) {
      this.missing = true;
    } else {
      super.refused(failure);
    }
  }

  #value(value, secret) {
    if (value === null || value === undefined || value === '') return html`<span class="quiet">not set</span>`;
    return secret ? html`<span class="quiet">set, a secret</span>` : html`<code>${line(value, 1000)}</code>`;
  }

  #setting({ key, value, source, secret }) {
    return html`
      <tr>
        <th scope="row" data-label="Key"><code>${line(key)}</code></th>
        <td data-label="Value">${this.#value(value, secret)}</td>
        <td data-label="Source">${line(source)}</td>
      </tr>
    `;
  }

  #table() {
    const wanted = (this.wanted ?? '').trim().toLowerCase();
    const shown = this.settings.filter(({ key }) => key.toLowerCase().includes(wanted));
    return html`
      <div class="bar"><label>Key contains <input type="search" autocomplete="off" spellcheck="false"
        @input=${(event) => { this.wanted = event.target.value; }}></label>
        <small role="status">${number(shown.length)} of ${number(this.settings.length)}</small></div>
      ${shown.length
        ? html`<table class="settings">
            <thead><tr><th scope="col">Key</th><th scope="col">Value</th><th scope="col">Source</th></tr></thead>
            <tbody>${shown.map((setting) => this.#setting(setting))}</tbody></table>`
        : html`<p class="empty">No key contains “${plain(wanted)}”.</p>`}
    `;
  }

  #content() {
    if (this.missing) {
      return html`<p class="empty">This server does not tell its settings over REST. On its machine, this prints them:<br>
        <code>${commandLine('settings')}</code></p>`;
    }
    if (this.settings) return this.#table();
    return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
  }

  render() {
    return html`
      ${this.title('Settings in effect')}
      <section class="card" aria-label="Settings">${this.problemLine()}${this.#content()}</section>
    `;
  }
}

customElements.define('settings-page', SettingsPage);
