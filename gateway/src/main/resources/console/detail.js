// What is told of one session or one channel, in a dialog.

import { ask } from './api.js';
import { hideDecisions, showDecisions } from './decisions.js';
import { bytes, count, duration } from './figures.js';
import { fill, head } from './table.js';

const dialog = document.getElementById('detail');
const part = (id) => document.getElementById(`detail-${id}`);

const SURE = 5000; // ms
const SENT = { move: 'Its client is told to come back.', disconnect: 'Its client is told not to come back.' };

let session;

part('close').onclick = () => dialog.close();

/** A button that is to be pressed twice, and then sends the session away. */
function sends(order) {
  const button = document.getElementById(order);
  const text = button.textContent;
  let sure;
  const calm = () => {
    clearTimeout(sure);
    sure = undefined;
    button.textContent = text;
  };
  button.onclick = async () => {
    if (!sure) {
      button.textContent = `Yes, ${order}`;
      sure = setTimeout(calm, SURE);
      return;
    }
    calm();
    try {
      await ask(`sessions/${encodeURIComponent(session)}/${order}`, {}, 'POST');
      part('news').textContent = SENT[order];
    } catch (refused) {
      part('news').textContent = refused.message;
    }
  };
}

sends('move');
sends('disconnect');

function facts(list) {
  part('facts').replaceChildren(
    ...list
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => {
        const pair = document.createElement('div');
        const term = document.createElement('dt');
        const said = document.createElement('dd');
        term.textContent = name;
        said.textContent = value;
        pair.append(term, said);
        return pair;
      }),
  );
}

async function open(title, path, show) {
  part('title').textContent = title;
  part('news').textContent = 'Looking.';
  facts([]);
  hideDecisions();
  document.getElementById('sending').hidden = true;
  head(dialog.querySelector('thead'), []);
  fill(dialog.querySelector('tbody'), [], '');
  if (!dialog.open) {
    dialog.showModal();
  }
  try {
    await show(await ask(path));
    part('news').textContent = '';
  } catch (refused) {
    part('news').textContent = refused.message;
  }
}

export function waiting({ waitingEvents, beyondLog }) {
  return beyondLog ? 'beyond the log' : count(waitingEvents);
}

export function openSession(id) {
  return open(`Session ${id}`, `sessions/${encodeURIComponent(id)}`, (shown) => {
    facts([
      ['Transport', shown.transport],
      ['State', shown.state],
      ['Subject', shown.subject],
      ['Issuer', shown.issuer],
      ['Address', shown.address],
      ['Unwritten', bytes(shown.unwrittenBytes)],
      ['Stalled', duration(shown.stalledMs)],
      ['Events waiting', waiting(shown)],
      ['Cursor', shown.cursor],
    ]);
    head(dialog.querySelector('thead'), ['Channel', 'Policy', 'Priority']);
    fill(
      dialog.querySelector('tbody'),
      shown.channels.map(({ channel, policy = '–', priority = '–' }) => ({
        key: channel,
        cells: [{ text: channel, open: () => openChannel(channel) }, { text: policy }, { text: priority }],
      })),
      'It subscribes to nothing.',
    );
    session = id;
    document.getElementById('sending').hidden = false;
    return showDecisions(id);
  });
}

function event({ id, topic, partition, offset, time }) {
  return `${time}, ${topic}-${partition} at ${offset}, id ${id}`;
}

export function openChannel(name) {
  return open(`Channel ${name}`, `channels/${encodeURIComponent(name)}`, (channel) => {
    facts([
      ['Subscribers', count(channel.subscribers)],
      ['Events kept', count(channel.events)],
      ['Events a second', channel.eventsPerSecond],
      ['Oldest', channel.oldest && event(channel.oldest)],
      ['Newest', channel.newest && event(channel.newest)],
    ]);
    head(dialog.querySelector('thead'), ['Pattern that matches it', 'Subscribers']);
    fill(
      dialog.querySelector('tbody'),
      channel.patterns.map(({ pattern, subscribers }) => ({
        key: pattern,
        cells: [{ text: pattern, open: () => openChannel(pattern) }, { text: count(subscribers), number: true }],
      })),
      'No pattern that somebody subscribes to.',
    );
  });
}
