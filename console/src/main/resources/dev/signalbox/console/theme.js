const KEY = 'signalbox.theme';
const ORDER = ['auto', 'light', 'dark'];

/** auto follows the system; light and dark are remembered for this browser. */
export const theme = {
  get chosen() {
    const kept = localStorage.getItem(KEY);
    return ORDER.includes(kept) ? kept : 'auto';
  },

  next() {
    localStorage.setItem(KEY, ORDER[(ORDER.indexOf(this.chosen) + 1) % ORDER.length]);
    this.apply();
    return this.chosen;
  },

  apply() {
    document.documentElement.dataset.theme = this.chosen;
    window.dispatchEvent(new Event('themechange'));
  },
};

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => theme.apply());
theme.apply();
