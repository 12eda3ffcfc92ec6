// The page at `/`: puts together the connection, the board of what has come, the chart of how fast, and the controls.

import { show } from './board.js';
import * as chart from './chart.js';
import { Connection } from './connection.js';

const NAMES = { ws: 'WebSocket', sse: 'SSE', poll: 'Long-poll' };
const REDRAW = 250; // ms

const part = (id) => document.getElementById(id);
const parts = (text) => text.split(/[\s,]+/).filter((one) => one);

let settle;

/** Shown at once, but spoken only when it has settled: what is caught up would be read out number by number. */
function say(news) {
  const line = part('news');
  line.setAttribute('aria-busy', 'true');
  line.textContent = news;
  clearTimeout(settle);
  settle = setTimeout(() => line.setAttribute('aria-busy', 'false'), 500);
}

function count() {
  const { events, reconnects, check } = connection;
  const { missing, duplicates } = check;
  for (const [id, value] of Object.entries({ events, missing, duplicates, reconnects })) {
    part(id).textContent = value;
  }
  part('missing').parentElement.classList.toggle('bad', missing > 0);
  part('duplicates').parentElement.classList.toggle('bad', duplicates > 0);
}

// so many events from before fill the page at once; `/?last=0`: none
const last = Number(new URLSearchParams(location.search).get('last') ?? 50);

const connection = new Connection(
  last,
  (news) => {
    const { state, transport, isCut } = connection;
    part('badge').dataset.state = state;
    part('state').textContent = state;
    part('transport').textContent = NAMES[transport] ?? '';
    part('cut').textContent = isCut ? 'Reconnect' : 'Cut the connection';
    part('cut').classList.toggle('main', isCut);
    chart.connected(state === 'live');
    say(news);
    count();
  },
  (message, caughtUp, isOld) => {
    if (!isOld) {
      chart.add(Date.now() - Date.parse(message.time), caughtUp);
    }
    show(message);
    count();
  },
);

function draw() {
  if (!document.hidden) {
    const { median, p99 } = chart.draw();
    part('median').textContent = median;
    part('p99').textContent = p99;
  }
}

connection.subscribe(parts(part('channels').value));
setInterval(draw, REDRAW);

part('cut').onclick = () => connection.toggle();

part('connection').onchange = ({ target }) =>
  connection.use(target.value === 'auto' ? Object.keys(NAMES) : [target.value]);

part('subscribe').onsubmit = (submit) => {
  submit.preventDefault();
  connection.subscribe(parts(part('channels').value));
};

part('publish').onsubmit = async (submit) => {
  submit.preventDefault();
  const { channel, text } = submit.target.elements;
  const told = submit.target.querySelector('.message');
  const url = new URL('v1/events', document.baseURI);
  url.searchParams.set('channel', channel.value.trim());
  try {
    const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: text.value });
    const body = await answer.json();
    told.textContent = answer.ok ? `Published to ${channel.value}: ${body.events[0].id}` : body.detail;
    told.classList.toggle('failed', !answer.ok);
    text.value = answer.ok ? '' : text.value;
  } catch {
    told.textContent = 'The gateway cannot be reached: nothing is published.';
    told.classList.add('failed');
  }
};
