// The console: looks at the node every two seconds while somebody looks at the page.

import { ask, isSignedIn, signIn, signOut } from './api.js';
import { openChannel, openSession, waiting } from './detail.js';
import { show as showDrain } from './drain.js';
import { Rates, Trend, bytes, count, duration } from './figures.js';
import { showNodes } from './nodes.js';
import { fill } from './table.js';

const EVERY = 2000; // ms
const TOP = 10;
const PAGE = 50;
const NAMES = { ws: 'WebSocket', sse: 'SSE', poll: 'Long-poll' };

const part = (id) => document.getElementById(id);
const body = (id) => document.querySelector(`#${id} tbody`);

let rates = new Rates();
let trend = new Trend();
let looking = 0; // the timer
let found = { sessions: [], total: 0 };

function set(id, text) {
  if (part(id).textContent !== text) {
    part(id).textContent = text;
  }
}

function badge(state, text) {
  part('badge').dataset.state = state;
  set('state', text);
}

function showNode(node) {
  const { sessions, drain } = node;
  if (drain.state === 'none' || drain.state === 'cancelled') {
    badge(node.ready ? 'live' : 'refused', node.ready ? 'ready' : node.kafkaReachable ? 'not ready' : 'Kafka is away');
  } else {
    badge('draining', drain.state === 'done' ? 'drained' : 'draining');
  }
  set('version', `${node.version}, since ${new Date(node.startedAt).toLocaleString('en-GB')}`);
  const total = Object.values(sessions).reduce((sum, one) => sum + one, 0);
  for (const [transport, number] of Object.entries(sessions)) {
    part(transport).firstElementChild.setAttribute('width', (100 * number) / Math.max(1, total));
    set(`${transport}-count`, count(number));
  }
  const { deliveries, bytesOut, eventsIn } = node;
  const now = rates.of({ deliveries, bytesOut, eventsIn });
  if (now) {
    set('delivered', `${count(Math.round(now.deliveries))}/s`);
    set('written', `${bytes(now.bytesOut)}/s`);
    set('events-in', `${count(Math.round(now.eventsIn))}/s`);
    trend.add(now.deliveries);
    part('trend').firstElementChild.setAttribute('points', trend.points());
  }
  set('lag', `${count(node.feedLag)} records`);
  set('unwritten', bytes(node.unwrittenBytes));
  set('replaying', count(node.replaying));
  set('heap', `${bytes(node.heapBytes)} of ${bytes(node.heapMaxBytes)}`);
  set('kept-bytes', bytes(node.logBytes));
  showDrain(drain);
}

function showChannels({ channels }) {
  const rows = channels.map(({ channel, subscribers, eventsPerSecond, events }) => ({
    key: channel,
    cells: [
      { text: channel, open: () => openChannel(channel) },
      { text: count(subscribers), number: true },
      { text: count(eventsPerSecond), number: true },
      { text: count(events), number: true },
    ],
  }));
  fill(body('channels'), rows, 'Nobody subscribes to anything, and no event has come.');
}

function showSlowest({ sessions }) {
  const rows = sessions.map((session) => ({
    key: session.id,
    cells: [
      { text: session.id, open: () => openSession(session.id) },
      { text: NAMES[session.transport] },
      { text: duration(session.stalledMs), number: true },
      { text: waiting(session), number: true },
    ],
  }));
  fill(body('slowest'), rows, 'Nobody keeps anything waiting.');
}

function showFound() {
  const rows = found.sessions.map((session) => ({
    key: session.id,
    cells: [
      { text: session.id, open: () => openSession(session.id) },
      { text: NAMES[session.transport] },
      { text: session.state },
      { text: session.subject ?? session.address },
      { text: count(session.channels), number: true },
      { text: waiting(session), number: true },
    ],
  }));
  fill(body('sessions'), rows, 'None that match.');
  set('found', `${rows.length} of ${found.total}`);
  part('more').hidden = !found.next;
}

/** What is asked for by the form, from where the page before ended. */
async function find(after) {
  const { channel, subject, address, transport } = part('find').elements;
  try {
    const page = await ask('sessions', {
      channel: channel.value.trim(),
      subject: subject.value.trim(),
      address: address.value.trim(),
      transport: transport.value,
      limit: PAGE,
      after,
    });
    found = { ...page, sessions: after ? [...found.sessions, ...page.sessions] : page.sessions };
    showFound();
  } catch (refused) {
    set('found', refused.message);
  }
}

async function look() {
  const sort = document.querySelector('[name="sort"]:checked').value;
  try {
    const [node, nodes, channels, slowest] = await Promise.all([
      ask('node'),
      ask('nodes'),
      ask('channels', { sort, limit: TOP }),
      ask('sessions', { sort: 'slowest', limit: TOP }),
    ]);
    if (isSignedIn()) {
      showNode(node);
      showNodes(nodes);
      showChannels(channels);
      showSlowest(slowest);
    }
  } catch (refused) {
    if (refused.status === 401 || refused.status === 403) {
      leave(refused.message);
    } else if (isSignedIn()) {
      badge('cut', 'not reached');
    }
  }
}

async function lookOnAndOn() {
  clearTimeout(looking);
  if (!document.hidden && isSignedIn()) {
    await look();
  }
  clearTimeout(looking);
  if (isSignedIn()) {
    looking = setTimeout(lookOnAndOn, EVERY);
  }
}

function enter() {
  part('login').hidden = true;
  part('board').hidden = false;
  part('leave').hidden = false;
  badge('connecting', 'looking');
  rates = new Rates();
  trend = new Trend();
  lookOnAndOn();
  find();
}

function leave(why = '') {
  signOut();
  clearTimeout(looking);
  part('detail').close();
  part('login').hidden = false;
  part('board').hidden = true;
  part('leave').hidden = true;
  part('refusal').textContent = why;
  badge('out', 'signed out');
  part('token').focus();
}

part('login').onsubmit = async (submit) => {
  submit.preventDefault();
  part('refusal').textContent = '';
  const shown = part('token').value.trim();
  try {
    await signIn(shown);
    part('token').value = '';
    enter();
  } catch (refused) {
    part('refusal').textContent = refused.message;
  }
};

part('leave').onclick = () => leave();
part('channels').onchange = look;
part('more').onclick = () => find(found.next);
part('find').onsubmit = (submit) => {
  submit.preventDefault();
  find();
};
document.onvisibilitychange = lookOnAndOn;

if (isSignedIn()) {
  enter();
} else {
  part('token').focus();
}
