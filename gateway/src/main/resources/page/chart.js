// Latency of each event of the last minute, as dots: time goes to the left, and up is ten times as much with each line.

const SPAN = 60_000; // ms
const POINTS_MAX = 5_000;
const LINES = [1, 10, 100, 1_000, 10_000]; // ms
const LEFT = 56; // px, for the names of the lines
const EDGE = 10;

const svg = document.getElementById('chart');
const points = []; // { at, latency, caughtUp }, the oldest first
const absences = []; // { from, to }, not connected

function part(tag, style) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  made.setAttribute('class', style);
  svg.append(made);
  return made;
}

const gone = part('path', 'gone');
const grid = part('path', 'grid');
const names = LINES.map((ms) => {
  const name = part('text', 'name');
  name.textContent = shown(ms);
  return name;
});
const came = part('path', 'came');
const caught = part('path', 'caught');

export function shown(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}

export function add(latency, caughtUp) {
  points.push({ at: Date.now(), latency, caughtUp });
  if (points.length > POINTS_MAX) {
    points.shift();
  }
}

export function connected(isConnected) {
  const last = absences.at(-1);
  if (isConnected && last && !last.to) {
    last.to = Date.now();
  } else if (!isConnected && !(last && !last.to)) {
    absences.push({ from: Date.now() });
  }
}

/** Draws it; returns what is to be said beside it. */
export function draw() {
  const now = Date.now();
  while (points[0]?.at < now - SPAN) {
    points.shift();
  }
  while (absences[0]?.to < now - SPAN) {
    absences.shift();
  }
  const { clientWidth: width, clientHeight: height } = svg;
  const x = (at) => Math.max(LEFT, width - EDGE - ((now - at) / SPAN) * (width - LEFT - EDGE)).toFixed(1);
  const y = (ms) => {
    const share = Math.log10(Math.min(Math.max(ms, LINES[0]), LINES.at(-1))) / Math.log10(LINES.at(-1));
    return (height - EDGE - share * (height - 2 * EDGE)).toFixed(1);
  };
  const dots = (some) => some.map(({ at, latency }) => `M${x(at)} ${y(latency)}h0`).join('');
  gone.setAttribute(
    'd',
    absences.map(({ from, to = now }) => `M${x(from)} 0V${height}H${x(to)}V0Z`).join(''),
  );
  grid.setAttribute('d', LINES.map((ms) => `M${LEFT} ${y(ms)}H${width}`).join(''));
  names.forEach((name, i) => {
    name.setAttribute('x', LEFT - 8);
    name.setAttribute('y', Number(y(LINES[i])) + 4);
  });
  came.setAttribute('d', dots(points.filter(({ caughtUp }) => !caughtUp)));
  caught.setAttribute('d', dots(points.filter(({ caughtUp }) => caughtUp)));
  const sorted = points.filter(({ caughtUp }) => !caughtUp).map(({ latency }) => latency).sort((a, b) => a - b);
  const quantile = (share) => (sorted.length ? shown(sorted[Math.floor(share * (sorted.length - 1))]) : '–');
  return { median: quantile(0.5), p99: quantile(0.99) };
}
