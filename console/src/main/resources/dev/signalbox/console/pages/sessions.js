import { html, nothing } from 'lit';
import { commandLine } from '../commands.js';
import { Page } from '../page.js';
import { address, go } from '../route.js';

/** Opens a session by its name. */
class SessionsPage extends Page {
  #open(event) {
    event.preventDefault();
    go(address('sessions', new FormData(event.target).get('name').trim()));
  }

  render() {
    return html`
      ${this.title('Sessions', nothing)}
      <section class="card" aria-label="Open a session">
        <form class="bar" @submit=${this.#open}>
          <label>Name <input name="name" required maxlength="200" autocomplete="off" spellcheck="false" placeholder="game-7"></label>
          <button class="primary">Open</button>
        </form>
        <p class="empty">A session is a named, ordered stream of events. The first event begins one:<br>
          <code>${commandLine('append')}</code></p>
      </section>
    `;
  }
}

customElements.define('sessions-page', SessionsPage);
