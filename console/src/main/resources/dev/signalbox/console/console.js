import { html, nothing } from 'lit';
import { api, Refusal, Silence } from './api.js';
import './confirm-dialog.js';
import './maintenance-banner.js';
import { Element } from './element.js';
import { Features } from './features.js';
import './pages/batches.js';
import './pages/clients.js';
import './pages/inboxes.js';
import './pages/message.js';
import './pages/messages.js';
import './pages/nodes.js';
import './pages/overview.js';
import './pages/session.js';
import './pages/sessions.js';
import './pages/settings.js';
import './pages/template.js';
import './pages/templates.js';
import './pages/topic.js';
import './pages/topics.js';
import './pages/unknown.js';
import './pages/webhooks.js';
import { Poller } from './poller.js';
import { address, parse } from './route.js';
import './token-prompt.js';
import './top-bar.js';
import { clock, span } from './words.js';

const TICK_MILLIS = 1000;

/** The element of each page; those with a slash show one item. */
const ELEMENTS = {
  overview: 'overview-page',
  messages: 'messages-page',
  'messages/': 'message-page',
  batches: 'batches-page',
  clients: 'clients-page',
  nodes: 'nodes-page',
  topics: 'topics-page',
  'topics/': 'topic-page',
  sessions: 'sessions-page',
  'sessions/': 'session-page',
  inboxes: 'inboxes-page',
  webhooks: 'webhooks-page',
  templates: 'templates-page',
  'templates/': 'template-page',
  settings: 'settings-page',
};

/** The shell: signs in, asks for the overview once a second, and shows the page that the address names. */
class SignalboxConsole extends Element {
  static properties = {
    overview: { state: true },
    route: { state: true },
    away: { state: true },
    problem: { state: true },
    notice: { state: true },
    browserNow: { state: true },
  };

  #features;
  #page;
  #refreshing;
  #poller = new Poller(() => this.#tick(), TICK_MILLIS);
  #awayClock;

  /** What pages may ask of the shell. */
  #services = {
    /** Lists as they were left, by address, so that a person finds them again. */
    lists: new Map(),
    lastList: address('messages'),
    ask: (question) => this.querySelector('confirm-dialog').ask(question),
    tell: (text, bad = false) => { this.notice = { text, bad }; },
    run: (read) => this.#guarded(this.#page, read),
    redraw: () => this.#page.requestUpdate(),
  };

  constructor() {
    super();
    this.route = parse(window.location.hash);
    this.onHashChange = () => this.#navigate();
  }

  connectedCallback() {
    super.connectedCallback();
    window.history.scrollRestoration = 'manual';
    window.addEventListener('hashchange', this.onHashChange);
    if (api.token) this.#poller.start();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.onHashChange);
    this.#poller.stop();
    clearInterval(this.#awayClock);
  }

  /** One round; false if the server did not answer as it should. */
  async #tick() {
    try {
      this.#features ??= await Features.read();
      const overview = await api.overview();
      if (!api.token) return false; // signed out meanwhile
      const first = !this.overview;
      this.overview = overview;
      this.problem = undefined;
      this.#back();
      await this.updateComplete;
      if (first) this.#arrive();
      this.#refreshPage();
      return true;
    } catch (failure) {
      this.#fail(failure);
      return false;
    }
  }

  /** Not awaited by a tick: a long search must not hold up the numbers. One read of a page at a time. */
  async #refreshPage() {
    const page = this.#page;
    if (page === this.#refreshing) return;
    this.#refreshing = page;
    try {
      await this.#guarded(page, () => page.refresh());
    } finally {
      if (this.#refreshing === page) this.#refreshing = undefined;
    }
  }

  /** Reads something for a page; what goes wrong is told there, or by the next tick if the server is away. */
  async #guarded(page, read) {
    try {
      await read();
    } catch (failure) {
      if (failure instanceof Refusal && failure.status === 401) {
        this.#leave('This token is not known here any more.');
      } else if (failure instanceof Refusal) {
        page.refused(failure);
      } else if (!(failure instanceof Silence)) {
        throw failure;
      }
    }
  }

  #fail(failure) {
    if (failure instanceof Refusal && failure.status === 401) {
      this.#leave('This token is not known here.');
    } else if (!this.overview) {
      this.problem = failure.message;
    } else if (!this.away) {
      this.#goAway(failure);
    }
    if (!(failure instanceof Refusal || failure instanceof Silence)) throw failure;
  }

  #goAway(failure) {
    this.browserNow = Date.now();
    this.away = { since: this.browserNow, why: failure instanceof Refusal ? failure.message : '' };
    this.#awayClock = setInterval(() => { this.browserNow = Date.now(); }, TICK_MILLIS);
  }

  #back() {
    clearInterval(this.#awayClock);
    this.away = undefined;
  }

  #enter({ detail }) {
    api.token = detail;
    this.problem = undefined;
    this.#poller.start();
    this.requestUpdate();
  }

  /** Nothing of what this token could see stays in the page. */
  #leave(problem) {
    this.#poller.stop();
    this.#back();
    api.token = null;
    this.overview = this.notice = this.#features = this.#page = undefined;
    this.#services.lists.clear();
    this.problem = problem;
  }

  /** A new page begins at its heading; a new filter of the same page leaves everything where it is. */
  async #navigate() {
    const before = this.route;
    const route = parse(window.location.hash);
    this.#page?.leave?.(route.page === before.page ? route.item : undefined);
    if (before.page === 'messages' && !before.item) {
      this.#services.lastList = address('messages', '', before.query);
    }
    this.route = route;
    this.notice = undefined;
    await this.updateComplete;
    if (!this.overview) return;
    if (before.page !== route.page || before.item !== route.item) this.#arrive();
    this.#refreshPage();
  }

  async #arrive() {
    const page = this.#page;
    await page.updateComplete;
    document.title = `${page.querySelector('h1').innerText} · Signalbox`;
    if (page.restored) return;
    window.scrollTo(0, 0);
    page.querySelector('h1').focus({ preventScroll: true });
  }

  async #dispatch({ detail: wanted }) {
    const sure = wanted === 'RUNNING' || (await this.#services.ask({
      title: 'Pause the dispatcher of this node?',
      text: 'Attempts under way finish. Everything else waits in the queue until it is resumed.',
      yes: 'Pause',
    }));
    if (!sure) return;
    try {
      await api.dispatch(wanted);
      this.overview = await api.overview();
    } catch (failure) {
      this.#services.tell(failure.message, true);
    }
  }

  async #maintain({ detail: wanted }) {
    const answer = wanted
      ? await this.#services.ask({
        title: 'Take this node into maintenance?',
        text: 'It refuses new work, what is under way ends, and clients are told to connect elsewhere. It lasts until it is ended here, also beyond a restart.',
        yes: 'Enter maintenance',
        note: true,
      })
      : {};
    if (!answer) return;
    try {
      await api.maintain(wanted, answer.note?.replaceAll(/\s+/g, ' '));
      this.overview = await api.overview();
    } catch (failure) {
      this.#services.tell(failure.message, true);
    }
  }

  #skip(event) {
    event.preventDefault();
    this.querySelector('main h1')?.focus();
  }

  #banners() {
    const { away } = this;
    return html`
      ${away
        ? html`<p class="banner" role="alert"><span class="lamp bad"></span><span><b>Server away since ${clock(away.since)}</b>
            <span aria-live="off">(${span(this.browserNow - away.since)}).</span> ${away.why || 'It does not answer.'} You see what it said last.
            The console keeps trying.</span><button class="link" @click=${() => this.#poller.now()}>Try now</button></p>`
        : nothing}
      ${away ? nothing : html`<maintenance-banner .overview=${this.overview} @maintenance=${this.#maintain}></maintenance-banner>`}
      ${this.overview.stale && !away
        ? html`<p class="banner" role="alert"><span class="lamp busy"></span>The database does not answer. The numbers by state
            are those it gave last.</p>`
        : nothing}
      ${this.notice
        ? html`<p class="banner" role=${this.notice.bad ? 'alert' : 'status'}><span class="lamp ${this.notice.bad ? 'bad' : 'good'}"></span>
            ${this.notice.text}<button class="link" @click=${() => { this.notice = undefined; }}>Dismiss</button></p>`
        : nothing}
    `;
  }

  /** Each page and each item has an element of its own; a new query goes to the one there is. */
  #shown() {
    const { route, overview } = this;
    const name = ELEMENTS[`${route.page}${route.item ? '/' : ''}`] ?? 'unknown-page';
    const { route: shown } = this.#page ?? {};
    if (shown?.page !== route.page || shown.item !== route.item) {
      this.#page = document.createElement(name);
      this.#page.dataset.page = '';
    }
    return Object.assign(this.#page, {
      route, overview, features: this.#features, shell: this.#services, away: Boolean(this.away),
    });
  }

  render() {
    if (!this.overview) {
      return html`<token-prompt .problem=${this.problem} .busy=${Boolean(api.token && !this.problem)}
        @token=${this.#enter}></token-prompt>`;
    }
    return html`
      <a class="skip" href="#main" @click=${this.#skip}>Skip to the content</a>
      <top-bar .overview=${this.overview} .page=${this.route.page} .away=${Boolean(this.away)} @dispatch=${this.#dispatch}
        @maintenance=${this.#maintain} @leave=${() => this.#leave()}></top-bar>
      <main id="main">${this.#banners()}${this.#shown()}</main>
      <confirm-dialog></confirm-dialog>
    `;
  }
}

customElements.define('signalbox-console', SignalboxConsole);
