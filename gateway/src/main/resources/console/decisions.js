// What became of a session's events, and having that recorded.

import { ask } from './api.js';
import { fill } from './table.js';

const SHOWN = 100;

const box = document.getElementById('decisions');
const form = document.getElementById('why');
const record = document.getElementById('record');
const verdict = document.getElementById('verdict');
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

let session;

function pressed(on) {
  record.setAttribute('aria-pressed', on);
  record.classList.toggle('main', on);
}

async function look() {
  const event = form.elements.event.value.trim();
  try {
    const found = await ask('decisions', { session, event, limit: SHOWN });
    const rows = found.decisions.map(({ at, event: id, what, detail, topic, partition, offset }, i) => ({
      key: `${id} ${what} ${i}`,
      cells: [
        { text: clock.format(new Date(at)) },
        { text: id },
        { text: what },
        { text: detail || `${topic}-${partition} at ${offset}` },
      ],
    }));
    fill(box.querySelector('tbody'), rows, 'Nothing was recorded.');
    verdict.textContent = found.verdict ?? '';
  } catch (refused) {
    verdict.textContent = refused.message;
  }
}

/** Shows those of a session. */
export async function showDecisions(id) {
  session = id;
  box.hidden = false;
  form.elements.event.value = '';
  pressed((await ask(`sessions/${encodeURIComponent(id)}/recording`)).recording);
  await look();
}

export function hideDecisions() {
  box.hidden = true;
}

form.onsubmit = (submit) => {
  submit.preventDefault();
  look();
};

record.onclick = async () => {
  const on = record.getAttribute('aria-pressed') === 'true';
  try {
    const path = `sessions/${encodeURIComponent(session)}/recording`;
    pressed((await ask(path, {}, on ? 'DELETE' : 'PUT')).recording);
    await look();
  } catch (refused) {
    verdict.textContent = refused.message;
  }
};
