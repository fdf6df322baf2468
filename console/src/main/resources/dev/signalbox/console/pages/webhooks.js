import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api } from '../api.js';
import { Page } from '../page.js';
import { PagedList } from '../paging.js';
import { line, plain } from '../untrusted.js';
import { ago, clock, count, exactly, took } from '../words.js';

const LIST = 'get /api/webhooks/endpoints';
const REFRESH_MILLIS = 3000;
const DAY_MILLIS = 86_400_000;

/** Where webhooks go: endpoints with their state, and what an admin can do about them. */
class WebhooksPage extends Page {
  static properties = { secret: { state: true }, missing: { state: true } };

  #list = new PagedList(({ cursor, ...page }, signal) => api.endpoints({ ...page, after: cursor }, signal),
    { changed: () => this.requestUpdate() });

  async refresh() {
    this.missing = !this.features.has(LIST);
    const list = this.#list;
    if (this.missing || (list.readAt && (!list.refreshable || Date.now() - list.readAt < REFRESH_MILLIS))) return;
    await list.refresh();
    this.problem = undefined;
  }

  /** A secret is shown once, and not to the next one who comes to this screen. */
  leave() {
    this.secret = undefined;
    this.#list.stop();
  }

  async #create(event) {
    event.preventDefault();
    const form = event.target;
    const { url, id, description } = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [name, value.trim() || undefined]),
    );
    await this.attempt(async () => {
      this.#keep(await api.createEndpoint({ url, id, description }));
      form.reset();
      await this.#list.refresh();
    });
  }

  #keep({ id, secret, verifier }) {
    this.secret = { id, secret, verifier: verifier?.startsWith('whpk_') ? verifier : undefined };
  }

  async #asked(question, action) {
    const answer = await this.shell.ask(question);
    if (!answer) return;
    await this.attempt(async () => {
      await action(answer);
      await this.#list.refresh();
    });
  }

  async #test({ id }) {
    await this.attempt(async () => {
      const { result, reason, millis } = await api.actOnEndpoint(id, 'test');
      this.shell.tell(`${plain(id)}: ${result} after ${took(millis)}${reason ? `. ${plain(reason)}` : '.'}`, result !== 'accepted');
    });
  }

  #rotate({ id }) {
    return this.#asked({
      title: `Give ${plain(id)} a new key?`,
      text: 'Its secret is shown once. The old key signs beside it for 24 hours, so that the receiver can exchange its own.',
      yes: 'Rotate',
    }, async () => this.#keep(await api.actOnEndpoint(id, 'rotate', {})));
  }

  #disable({ id }) {
    return this.#asked({
      title: `Send nothing to ${plain(id)} any more?`,
      text: 'Messages to it end as REJECTED. Once it is enabled again, what it missed can be replayed.',
      yes: 'Disable',
      danger: true,
      note: true,
    }, ({ note }) => api.actOnEndpoint(id, 'disable', note ? { reason: note.replaceAll(/\s+/g, ' ').slice(0, 200) } : undefined));
  }

  async #enable({ id }) {
    await this.attempt(async () => {
      await api.actOnEndpoint(id, 'enable');
      await this.#list.refresh();
    });
  }

  /** Since its failures began, or else since a day ago. The question says how many messages that are. */
  async #replay({ id, failingSince }) {
    const since = failingSince ?? new Date(this.now - DAY_MILLIS).toISOString();
    await this.attempt(async () => {
      const { matched, more } = await api.actOnEndpoint(id, 'replay', { since, dryRun: true });
      if (matched === 0) {
        this.shell.tell(`${plain(id)} has missed nothing since ${clock(since)}.`);
        return;
      }
      const answer = await this.shell.ask({
        title: `Send ${plain(id)} again what it missed?`,
        text: `${more ? 'The first ' : ''}${count(matched, 'message')} since ${clock(since)}, under the same ids.`,
        yes: 'Replay',
      });
      if (!answer) return;
      const { changed } = await api.actOnEndpoint(id, 'replay', { since });
      this.shell.tell(`${count(changed, 'message')} to ${plain(id)} sent again.`);
    });
  }

  #secret() {
    if (!this.secret) return nothing;
    const { id, secret, verifier } = this.secret;
    return html`
      <section class="card verdict" aria-label="Secret" role="status">
        <p><b>The secret of ${line(id, 64)}</b> is shown this once. The receiver verifies with it${verifier ? ' or, better, with the public key' : ''}.</p>
        <p><code class="secret">${secret}</code></p>
        ${verifier ? html`<p>Public key: <code class="secret">${verifier}</code></p>` : nothing}
        <div class="buttons"><button class="plain" @click=${() => { this.secret = undefined; }}>I have kept it</button></div>
      </section>
    `;
  }

  #state({ enabled, disabled, failures }) {
    if (!enabled) {
      return html`<span class="lamp bad"></span>disabled <small title=${plain(disabled.reason, 1000)}>${line(disabled.cause)},
        ${ago(disabled.since, this.now)}: ${line(disabled.reason, 120)}</small>`;
    }
    return failures
      ? html`<span class="lamp busy"></span>${count(failures, 'failure')} in a row`
      : html`<span class="lamp good"></span>enabled`;
  }

  #actions(endpoint) {
    if (!this.mayAct) return nothing;
    const { id, enabled } = endpoint;
    const button = (label, act, danger) => html`
      <button class="plain ${danger ? 'danger' : ''}" aria-label="${label} ${plain(id)}" @click=${() => act(endpoint)}>${label}</button>`;
    return html`<div class="buttons">
      ${button('Test', (each) => this.#test(each))}
      ${button('Rotate…', (each) => this.#rotate(each))}
      ${enabled
        ? html`${button('Replay…', (each) => this.#replay(each))}${button('Disable…', (each) => this.#disable(each), true)}`
        : button('Enable', (each) => this.#enable(each))}
    </div>`;
  }

  #endpoint(endpoint) {
    const { id, url, description, lastSuccessAt, lastFailure } = endpoint;
    return html`
      <tr>
        <th scope="row" data-label="Endpoint">${line(id, 64)}<br><small>${line(url, 200)}${description ? html`<br>${line(description, 200)}` : nothing}</small></th>
        <td data-label="State">${this.#state(endpoint)}</td>
        <td data-label="Last success">${lastSuccessAt
          ? html`<time datetime=${lastSuccessAt} title=${exactly(lastSuccessAt)}>${ago(lastSuccessAt, this.now)}</time>`
          : html`<span class="quiet">none yet</span>`}</td>
        <td data-label="Last failure">${lastFailure
          ? html`<time datetime=${lastFailure.at} title=${exactly(lastFailure.at)}>${ago(lastFailure.at, this.now)}</time>: ${line(lastFailure.reason, 120)}`
          : html`<span class="quiet">none</span>`}</td>
        <td data-label="Actions">${this.#actions(endpoint)}</td>
      </tr>
    `;
  }

  #form() {
    if (!this.mayAct) return nothing;
    return html`
      <form class="bar" aria-label="New endpoint" @submit=${this.#create}>
        <label>URL <input name="url" type="url" required maxlength="2000" autocomplete="off" spellcheck="false"></label>
        <label>Id <small>optional</small> <input name="id" maxlength="64" pattern="[a-z0-9][a-z0-9._\\-]*" autocomplete="off" spellcheck="false"
          title="Lower-case letters, digits, dots, hyphens, underscores"></label>
        <label>Description <small>optional</small> <input name="description" maxlength="200" autocomplete="off"></label>
        <button class="primary">Create</button>
      </form>`;
  }

  #table() {
    const { items } = this.#list;
    if (!items) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    if (items.length === 0) {
      return html`<p class="empty">There is no endpoint yet. Messages are addressed to one as webhook:ID.</p>`;
    }
    return html`
      <table>
        <thead><tr><th scope="col">Endpoint</th><th scope="col">State</th><th scope="col">Last success</th><th scope="col">Last failure</th>
          <th scope="col">Actions</th></tr></thead>
        <tbody>${repeat(items, ({ id }) => id, (endpoint) => this.#endpoint(endpoint))}</tbody>
      </table>
      ${this.showMore(this.#list)}
    `;
  }

  render() {
    return html`
      ${this.title('Webhooks')}
      ${this.#secret()}
      <section class="card" aria-label="Webhook endpoints">
        ${this.missing
          ? html`<p class="empty">This server sends no webhooks.</p>`
          : html`${this.#form()}${this.problemLine()}${this.#table()}`}
      </section>
    `;
  }
}

customElements.define('webhooks-page', WebhooksPage);
