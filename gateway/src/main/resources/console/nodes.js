// The nodes that this one knows of, as each of them has told.

import { count, duration } from './figures.js';
import { fill } from './table.js';

const body = document.querySelector('#nodes tbody');
const sum = document.getElementById('nodes-sum');
const doubted = document.getElementById('doubt');

function state({ ready, overloadLevel }) {
  return `${ready ? 'ready' : 'not ready'}${overloadLevel ? `, overloaded (${overloadLevel})` : ''}`;
}

function many(number, what) {
  return `${count(number)} ${what}${number === 1 ? '' : 's'}`;
}

function say(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

export function showNodes({ nodes, doubt = '' }) {
  const rows = nodes.map((node) => ({
    key: node.id,
    cells: [
      { text: `${node.node}${node.self ? ' (this one)' : ''}` },
      { text: state(node) },
      { text: node.version },
      ...Object.values(node.sessions).map((number) => ({ text: count(number), number: true })),
      { text: `${count(node.deliveriesPerSecond)}/s`, number: true },
      { text: `${count(node.eventsPerSecond)}/s`, number: true },
      { text: count(node.feedLag), number: true },
      { text: node.toldMsAgo < 1000 ? 'now' : `${duration(node.toldMsAgo)} ago`, number: true },
    ],
  }));
  fill(body, rows, '');
  const sessions = nodes.flatMap((node) => Object.values(node.sessions)).reduce((all, one) => all + one, 0);
  say(sum, `${many(nodes.length, 'node')}, ${many(sessions, 'session')}`);
  say(doubted, doubt);
}
