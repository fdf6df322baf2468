import { html, nothing } from 'lit';
import { Element } from './element.js';
import { parts } from './words.js';

const LIST = 'get /api/messages';
const FIELDS = [
  { name: 'address', label: 'Address', placeholder: '+61491570006', maxlength: 320 },
  { name: 'text', label: 'Text in the body', placeholder: 'at least 2 characters', minlength: 2, maxlength: 100 },
  { name: 'id', label: 'Id or its beginning', placeholder: 'at least 4 digits', minlength: 4, maxlength: 36, pattern: '[0-9A-Fa-f\\-]{4,36}' },
  { name: 'reason', label: 'Last error', placeholder: 'timed out', minlength: 2, maxlength: 100 },
  { name: 'channel', label: 'Channel', placeholder: 'sms', maxlength: 64 },
  { name: 'after', label: 'Accepted after', time: true },
  { name: 'before', label: 'Accepted before', time: true },
];
export const FILTERS = ['state', ...FIELDS.map(({ name }) => name)];

/** The filters of the list besides the state. Fires `filter` with the query that they make. */
class MessageFilters extends Element {
  static properties = {
    query: { attribute: false },
    features: { attribute: false },
    errors: { attribute: false },
    unfolded: { state: true },
  };

  #fields() {
    return FIELDS.filter(({ name }) => this.features.takes(LIST, name));
  }

  #submit(event) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    const query = { state: this.query.state };
    for (const { name, time } of this.#fields()) {
      const text = given[name].trim();
      query[name] = time && text ? new Date(text).toISOString() : text;
    }
    this.dispatchEvent(new CustomEvent('filter', { detail: split(query) }));
  }

  #clear() {
    this.dispatchEvent(new CustomEvent('filter', { detail: { state: this.query.state } }));
  }

  #field({ name, label, time, ...limits }) {
    const error = this.errors?.find(({ field }) => field === name)?.message;
    const value = this.query[name] ?? '';
    return html`
      <label>${label}
        <input name=${name} type=${time ? 'datetime-local' : 'search'} .value=${time ? local(value) : value}
          placeholder=${limits.placeholder ?? nothing} minlength=${limits.minlength ?? nothing} step=${time ? 'any' : nothing}
          maxlength=${limits.maxlength ?? nothing} pattern=${limits.pattern ?? nothing} autocomplete="off" spellcheck="false"
          aria-invalid=${error ? 'true' : 'false'} aria-describedby=${error ? `error-${name}` : nothing}>
        ${error ? html`<small class="problem" id="error-${name}">${error}</small>` : nothing}
      </label>
    `;
  }

  render() {
    const fields = this.#fields();
    const used = fields.filter(({ name }) => this.query[name]).length;
    return html`
      <details class="filters" ?open=${this.unfolded ?? (used > 0 || matchMedia('(min-width: 721px)').matches)}
        @toggle=${(event) => { this.unfolded = event.target.open; }}>
        <summary>Search${used ? ` (${used} in use)` : ''}</summary>
        <form role="search" aria-label="Messages" @submit=${this.#submit}>
          ${fields.map((field) => this.#field(field))}
          <div class="buttons">
            <button class="primary">Search</button>
            ${used ? html`<button class="plain" type="button" @click=${this.#clear}>Clear</button>` : nothing}
          </div>
        </form>
        ${fields.length < FIELDS.length
          ? html`<small>This server searches by ${fields.map(({ label }) => label.toLowerCase()).join(', ')} only.</small>`
          : nothing}
      </details>
    `;
  }
}

/** An address pasted with its channel, such as sms:+61491570006, fills both fields. */
function split(query) {
  const { channel, rest } = parts(query.address ?? '');
  return /^[a-z][a-z0-9-]*$/.test(channel) && rest ? { ...query, channel, address: rest } : query;
}

/** An instant as datetime-local writes it: this browser's time, without a zone. */
function local(instant) {
  const time = new Date(instant);
  if (Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

customElements.define('message-filters', MessageFilters);
