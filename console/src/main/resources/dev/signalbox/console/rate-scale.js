const LINEAR_UP_TO = 15;

/**
 * The vertical scale for these rates. Linear, unless a burst stands so far above the usual rate that the usual could
 * not be seen: then log10(1 + rate), which has a zero. `position` is where a rate is drawn, `rate` its inverse.
 */
export function scaleFor(rates) {
  const most = rates.reduce((a, b) => Math.max(a, b), 0);
  return most > LINEAR_UP_TO * Math.max(usual(rates), 2) ? logarithmic(most) : LINEAR;
}

const LINEAR = { kind: 'linear', position: (rate) => rate, rate: (position) => position };

function logarithmic(most) {
  const position = (rate) => Math.log10(1 + rate);
  const ticks = [0, 1];
  while (ticks.at(-1) < most) ticks.push(ticks.at(-1) * 10);
  return { kind: 'logarithmic', position, rate: (at) => Math.round(10 ** at - 1), ticks: ticks.map(position) };
}

/** The median of the rates that are not zero. */
function usual(rates) {
  const sorted = rates.filter((rate) => rate > 0).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
