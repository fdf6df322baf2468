import { Chart, Filler, LinearScale, LineController, LineElement, PointElement } from 'chart.js';
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { scaleFor } from './rate-scale.js';
import { number, rate } from './words.js';

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler);

const SERIES = [
  { key: 'accepted', label: 'Accepted', colour: '--blue' },
  { key: 'sent', label: 'Sent', colour: '--green' },
  { key: 'failed', label: 'Failed', colour: '--red' },
];
const RECENT_SECONDS = 5;

/**
 * Messages per second over the last two minutes. Each second is a step as high as the server counted: no line between
 * two of them shows a rate that there never was.
 */
class RatesChart extends Element {
  static properties = { perSecond: { attribute: false } };

  #chart;

  connectedCallback() {
    super.connectedCallback();
    this.onTheme = () => this.#paint();
    window.addEventListener('themechange', this.onTheme);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('themechange', this.onTheme);
    this.#chart?.destroy();
    this.#chart = undefined;
  }

  get #scale() {
    return scaleFor(SERIES.flatMap(({ key }) => this.perSecond?.[key] ?? []));
  }

  updated() {
    if (!this.perSecond) return;
    this.#chart ??= this.#create();
    const scale = this.#scale;
    SERIES.forEach(({ key }, i) => {
      this.#chart.data.datasets[i].data = points(this.perSecond[key], scale);
    });
    this.#measure(scale);
    this.#chart.update('none');
  }

  #measure({ ticks, rate: back, position }) {
    const { y } = this.#chart.options.scales;
    y.suggestedMax = position(4);
    y.max = ticks?.at(-1);
    y.afterBuildTicks = (axis) => { if (ticks) axis.ticks = ticks.map((value) => ({ value })); };
    y.ticks.callback = (at) => number(back(at));
  }

  #create() {
    const chart = new Chart(this.querySelector('canvas'), {
      type: 'line',
      data: {
        datasets: SERIES.map(() => ({ data: [], borderWidth: 1.75, pointRadius: 0, stepped: 'after', fill: 'origin' })),
      },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        maintainAspectRatio: false,
        events: [],
        scales: {
          x: {
            type: 'linear', min: -120, max: 0, border: { display: false }, grid: { display: false },
            afterBuildTicks: (axis) => { axis.ticks = [-120, -60, 0].map((value) => ({ value })); },
            ticks: { callback: (x) => (x === 0 ? 'now' : `${-x / 60} min ago`), maxRotation: 0, align: 'inner' },
          },
          y: {
            beginAtZero: true, border: { display: false },
            ticks: { precision: 0, maxTicksLimit: 5, padding: 8 },
          },
        },
      },
    });
    this.#chart = chart;
    this.#paint();
    return chart;
  }

  /** Canvas knows no custom properties, so their colours are looked up whenever the theme changes. */
  #paint() {
    if (!this.#chart) return;
    SERIES.forEach(({ colour }, i) => {
      const dataset = this.#chart.data.datasets[i];
      dataset.borderColor = this.#colour(`var(${colour})`);
      dataset.backgroundColor = this.#colour(`color-mix(in srgb, var(${colour}) 9%, transparent)`);
    });
    const { x, y } = this.#chart.options.scales;
    for (const axis of [x, y]) {
      axis.ticks.color = this.#colour('var(--quiet)');
      axis.ticks.font = { family: getComputedStyle(this).fontFamily, size: 11.5 };
    }
    y.grid = { color: this.#colour('var(--line)') };
    this.#chart.update('none');
  }

  #colour(value) {
    const probe = this.querySelector('.probe');
    probe.style.color = value;
    return getComputedStyle(probe).color;
  }

  #recent(key) {
    const points = this.perSecond?.[key].slice(-RECENT_SECONDS) ?? [];
    return points.length ? points.reduce((a, b) => a + b) / points.length : 0;
  }

  render() {
    const logarithmic = this.#scale.kind === 'logarithmic';
    const now = SERIES.map((series) => ({ ...series, value: rate(this.#recent(series.key)) }));
    return html`
      <section class="card chart" aria-labelledby="rates-title">
        <header>
          <h2 id="rates-title">Messages per second${logarithmic ? html` <small>logarithmic scale</small>` : nothing}</h2>
          <ul class="legend">
            ${now.map(({ key, label, value }) => html`
              <li class=${key}><span class="swatch"></span>${label} <b>${value}</b></li>
            `)}
          </ul>
        </header>
        <div class="canvas" role="img" aria-label="Over the last two minutes, on a ${this.#scale.kind} scale. Now, a second: ${now
          .map(({ label, value }) => `${label} ${value}`)
          .join(', ')}.">
          <canvas></canvas>
        </div>
        <span class="probe" hidden></span>
      </section>
    `;
  }
}

/** The server's numbers, oldest first; each is for the second that ends at its place. */
function points(rates, { position }) {
  const drawn = rates.map((value, i) => ({ x: i - rates.length + 1, y: position(value) }));
  return drawn.length ? [{ x: drawn[0].x - 1, y: drawn[0].y }, ...drawn] : [];
}

customElements.define('rates-chart', RatesChart);
