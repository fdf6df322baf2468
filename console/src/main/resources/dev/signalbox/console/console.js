import { html, nothing } from 'lit';
import { api, Refusal } from './api.js';
import './client-list.js';
import './confirm-dialog.js';
import { Element } from './element.js';
import './message-list.js';
import { Poller } from './poller.js';
import './rates-chart.js';
import './state-filter.js';
import './token-prompt.js';
import './top-bar.js';

const TICK_MILLIS = 1000;
const LISTS_EVERY_TICKS = 3;
const CLIENTS = 100;
const FIRST_PAGE = 25;
const LONGEST_PAGE = 200;

/** The page: asks the server once a second and hands what it says to the parts that show it. */
class SignalboxConsole extends Element {
  static properties = {
    overview: { state: true },
    clients: { state: true },
    messages: { state: true },
    chosen: { state: true },
    away: { state: true },
    problem: { state: true },
    listProblem: { state: true },
    notice: { state: true },
  };

  #limit = FIRST_PAGE;
  #ticks = 0;
  #shown = '';
  #poller = new Poller(() => this.#tick(), TICK_MILLIS);

  constructor() {
    super();
    this.chosen = '';
  }

  connectedCallback() {
    super.connectedCallback();
    if (api.token) {
      this.#poller.start();
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#poller.stop();
  }

  /** One round; false if the server did not answer. */
  async #tick() {
    try {
      this.overview = await api.overview();
      this.away = undefined;
      this.problem = undefined;
      await this.#lists();
      return true;
    } catch (failure) {
      this.#fail(failure);
      return false;
    }
  }

  /** The lists are asked for when the numbers say that something changed, and now and then anyway. */
  async #lists() {
    const numbers = JSON.stringify([this.overview.counts, this.overview.clients]);
    if (numbers !== this.#shown || this.#ticks++ % LISTS_EVERY_TICKS === 0) {
      this.#shown = numbers;
      [this.clients] = await Promise.all([api.clients(CLIENTS), this.#readMessages()]);
    }
  }

  async #readMessages() {
    const state = this.chosen;
    try {
      const page = await api.messages({ state, limit: this.#limit });
      if (state === this.chosen) {
        this.messages = page;
        this.listProblem = undefined;
      }
    } catch (failure) {
      if (!(failure instanceof Refusal) || failure.status === 401) throw failure;
      this.listProblem = `The list could not be read: ${failure.message}`;
    }
  }

  #fail(failure) {
    if (failure instanceof Refusal && failure.status === 401) {
      this.#leave('This token is not known here.');
    } else if (this.overview) {
      this.away ??= Date.now();
    } else {
      this.problem = failure.message;
    }
  }

  #enter({ detail }) {
    api.token = detail;
    this.problem = undefined;
    this.#poller.start();
    this.requestUpdate();
  }

  #leave(problem) {
    this.#poller.stop();
    api.token = null;
    this.overview = this.clients = this.messages = undefined;
    this.problem = problem;
    this.chosen = '';
  }

  #choose({ detail }) {
    this.chosen = detail;
    this.#limit = FIRST_PAGE;
    this.messages = undefined;
    this.#now(() => this.#readMessages());
  }

  #more() {
    this.#limit = Math.min(this.#limit * 2, LONGEST_PAGE);
    this.#now(() => this.#readMessages());
  }

  /** Does something now rather than at the next tick, and tells how it went. */
  async #now(action) {
    try {
      await action();
      this.notice = undefined;
    } catch (failure) {
      this.notice = failure.message;
    }
  }

  async #dispatch({ detail: wanted }) {
    const pause = wanted === 'PAUSED';
    const sure = !pause || (await this.#ask({
      title: 'Pause sending?',
      text: 'What is in flight finishes. Everything else waits in the queue until sending is resumed.',
      yes: 'Pause',
    }));
    if (sure) {
      await this.#now(async () => {
        await api.dispatch(wanted);
        this.overview = await api.overview();
      });
    }
  }

  async #act({ detail: { action, message } }) {
    const to = message.reach.map((step) => step.to).join(' › ');
    const sure = await this.#ask(action === 'cancel'
      ? { title: 'Cancel this message?', text: `It will not be sent to ${to}.`, yes: 'Cancel the message', danger: true }
      : { title: 'Try again?', text: retryWarning(message.state, to), yes: 'Try again' });
    if (sure) {
      await this.#now(async () => {
        await api[action](message.id);
        await this.#readMessages();
      });
    }
  }

  #ask(question) {
    return this.querySelector('confirm-dialog').ask(question);
  }

  #banner() {
    if (this.away) {
      return html`<p class="banner" role="alert"><span class="lamp bad"></span>The server does not answer. What you see is from
        before; it is asked again and again.</p>`;
    }
    if (this.overview.stale) {
      return html`<p class="banner" role="alert"><span class="lamp busy"></span>The database does not answer. The numbers by
        state are from before.</p>`;
    }
    return nothing;
  }

  #notice() {
    return this.notice
      ? html`<p class="banner" role="alert"><span class="lamp bad"></span>${this.notice}
          <button class="link" @click=${() => { this.notice = undefined; }}>Dismiss</button></p>`
      : nothing;
  }

  render() {
    if (!this.overview) {
      return html`<token-prompt .problem=${this.problem} .busy=${Boolean(api.token && !this.problem)}
        @token=${this.#enter}></token-prompt>`;
    }
    const now = Date.parse(this.overview.now);
    return html`
      <top-bar .overview=${this.overview} .away=${Boolean(this.away)} @dispatch=${this.#dispatch}
        @leave=${() => this.#leave()}></top-bar>
      <main class=${this.away ? 'away' : ''}>
        ${this.#banner()}${this.#notice()}
        <div class="glance">
          <rates-chart .perSecond=${this.overview.perSecond}></rates-chart>
          <client-list .page=${this.clients} .total=${this.overview.clients} .now=${now}></client-list>
        </div>
        <state-filter .counts=${this.overview.counts} .chosen=${this.chosen} @choose=${this.#choose}></state-filter>
        <message-list .page=${this.messages} .problem=${this.listProblem} .chosen=${this.chosen} .now=${now}
          .mayAct=${this.overview.role === 'ADMIN' && !this.away}
          @choose=${this.#choose} @more=${this.#more} @act=${this.#act}></message-list>
      </main>
      <confirm-dialog></confirm-dialog>
    `;
  }
}

function retryWarning(state, to) {
  return state === 'UNKNOWN'
    ? `It may have reached ${to} already. If it did, it will arrive there twice.`
    : `It gets a new budget of attempts, from the first way in its chain: ${to}.`;
}

customElements.define('signalbox-console', SignalboxConsole);
