import { html, nothing } from 'lit';
import { Element } from './element.js';
import { number } from './words.js';

/**
 * What one address shows. The shell hands it the route, the last overview and what the server can do, and calls
 * `refresh` about once a second. A page reads what it needs there, at its own pace.
 */
export class Page extends Element {
  static properties = {
    route: { attribute: false },
    overview: { attribute: false },
    features: { attribute: false },
    shell: { attribute: false },
    away: { type: Boolean },
    problem: { state: true },
  };

  /** The server's time, so that ages are right where the browser's clock is not. */
  get now() {
    return Date.parse(this.overview.now);
  }

  get mayAct() {
    return this.overview.role === 'ADMIN' && !this.away;
  }

  async refresh() {}

  /** Called by the shell with a refusal of `refresh`. */
  refused(failure) {
    this.problem = failure.status === 403 ? 'This needs an admin’s token; yours may only read.' : failure.message;
  }

  /** Does what a person asked for, and tells if it did not work. If the focused control is gone then, the heading is focused. */
  async attempt(action) {
    try {
      await action();
    } catch (failure) {
      this.shell.tell(failure.message, true);
    }
    await this.updateComplete;
    if (document.activeElement === document.body) this.querySelector('h1')?.focus();
  }

  title(text, aside = nothing) {
    return html`<div class="title"><h1 tabindex="-1">${text}</h1>${aside}</div>`;
  }

  /** Below a paged list: how many of it are shown, and what reads more. */
  showMore(list) {
    return html`
      <p class="more">${list.next
        ? html`<button class="plain" ?disabled=${list.reading} @click=${() => this.shell.run(() => list.more())}>Show more</button>`
        : nothing} <span>${number(list.items.length)} shown.</span></p>
    `;
  }

  problemLine() {
    return this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing;
  }
}
