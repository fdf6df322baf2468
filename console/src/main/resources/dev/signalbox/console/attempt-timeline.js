import { html, nothing } from 'lit';
import { Element } from './element.js';
import { address, ago, clock, result, STATES, took } from './words.js';

/** What was tried, oldest first, and what comes next. */
class AttemptTimeline extends Element {
  static properties = { message: { attribute: false }, now: { type: Number } };

  #attempt(attempt) {
    const { channel, rest } = address(attempt.to);
    const { verb, tone, to } = result(attempt.result);
    return html`
      <li>
        <span class="lamp ${tone}" aria-hidden="true"></span>
        <p>
          <b>${verb}</b> ${to ? html`<span class="to">${channel} ${rest}</span>` : nothing}
          ${attempt.providerId ? html`<small>provider’s id <code>${attempt.providerId}</code></small>` : nothing}
          ${attempt.error ? html`<small class="problem">${attempt.error}</small>` : nothing}
        </p>
        <small class="when">
          <time datetime=${attempt.at}>${clock(attempt.at)}</time>${attempt.durationMillis > 0
            ? html` · ${took(attempt.durationMillis)}`
            : nothing}
        </small>
      </li>
    `;
  }

  #next() {
    const { nextAttemptAt, state } = this.message;
    if (!nextAttemptAt) return state === 'CLAIMED' ? 'Being sent now.' : '';
    const due = Date.parse(nextAttemptAt);
    return due <= this.now ? 'Due now.' : `Next attempt at ${clock(nextAttemptAt)}.`;
  }

  render() {
    const { attempts, acceptedAt, state } = this.message;
    return html`
      <ol class="timeline" aria-label="Attempts, oldest first">
        <li>
          <span class="lamp rest" aria-hidden="true"></span>
          <p><b>Enqueued</b></p>
          <small class="when"><time datetime=${acceptedAt}>${clock(acceptedAt)}</time> · ${ago(acceptedAt, this.now)}</small>
        </li>
        ${attempts.map((attempt) => this.#attempt(attempt))}
        ${this.#next()
          ? html`<li class="next"><span class="lamp ${STATES[state].tone}" aria-hidden="true"></span><p>${this.#next()}</p></li>`
          : nothing}
      </ol>
    `;
  }
}

customElements.define('attempt-timeline', AttemptTimeline);
