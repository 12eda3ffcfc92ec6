// Figures in words, and rates out of counters.

const whole = new Intl.NumberFormat('en-GB');
const short = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const TREND = 60; // points

export function count(value) {
  return value < 10_000 ? whole.format(value) : short.format(value);
}

export function bytes(value) {
  let unit = 0;
  let left = value;
  while (left >= 1024 && unit < UNITS.length - 1) {
    left /= 1024;
    unit += 1;
  }
  return `${left < 10 && unit > 0 ? left.toFixed(1) : Math.round(left)} ${UNITS[unit]}`;
}

export function duration(ms) {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** How far counters have come in a second, since they were looked at before. */
export class Rates {
  #before;

  #at;

  /** Null the first time, and when the process was started anew. */
  of(counters, now = performance.now()) {
    const before = this.#before;
    const seconds = (now - this.#at) / 1000;
    this.#before = counters;
    this.#at = now;
    const names = Object.keys(counters);
    if (!before || names.some((name) => counters[name] < before[name])) {
      return null;
    }
    return Object.fromEntries(names.map((name) => [name, (counters[name] - before[name]) / seconds]));
  }
}

/** The last values of something, as points of a line 120 wide and 24 high. */
export class Trend {
  #values = [];

  add(value) {
    this.#values.push(value);
    if (this.#values.length > TREND) {
      this.#values.shift();
    }
  }

  points() {
    const most = Math.max(1, ...this.#values);
    const from = TREND - this.#values.length;
    return this.#values
      .map((value, i) => `${((from + i) * 120) / (TREND - 1)},${(23 - (value / most) * 22).toFixed(2)}`)
      .join(' ');
  }
}
