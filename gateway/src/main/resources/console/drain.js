// Sending all clients to the other nodes: begun only when it is asked for twice, shown as it goes, and taken back.

import { ask } from './api.js';

const form = document.getElementById('drain');
const begin = document.getElementById('drain-begin');
const cancel = document.getElementById('drain-cancel');
const progress = document.getElementById('drain-progress');
const news = document.getElementById('drain-news');
const SURE = 8000; // ms

let sure;

function calm() {
  clearTimeout(sure);
  sure = undefined;
  begin.textContent = 'Drain';
}

function say(text) {
  if (news.textContent !== text) {
    news.textContent = text;
  }
}

/** Shows how far it has come. */
export function show({ state, total, left }) {
  const runs = state === 'notice' || state === 'draining';
  begin.hidden = runs || state === 'done';
  cancel.hidden = begin.hidden === false;
  cancel.textContent = state === 'done' ? 'Take clients again' : 'Cancel';
  progress.hidden = !runs;
  progress.max = Math.max(1, total);
  progress.value = Math.max(0, total - left);
  if (state === 'notice') {
    say(`Not ready any more; ${left} sessions are still served.`);
  } else if (state === 'draining') {
    say(`${left} of ${total} sessions are left.`);
  } else if (state === 'done') {
    say('All sessions are gone, and nobody is let in.');
  } else if (state === 'cancelled' && !sure) {
    say('The drain was taken back: clients are let in.');
  }
}

async function tell(method, parameters) {
  try {
    show(await ask('node/drain', parameters, method));
  } catch (refused) {
    say(refused.message);
  }
}

form.onsubmit = (submit) => {
  submit.preventDefault();
  if (!sure) {
    begin.textContent = 'Yes, drain';
    say('All clients of this node will be sent to the others. Press again to begin.');
    sure = setTimeout(calm, SURE);
    return;
  }
  calm();
  const { notice, over } = form.elements;
  tell('POST', { notice: notice.value, over: over.value });
};

cancel.onclick = () => {
  begin.hidden = false;
  tell('DELETE').then(() => begin.focus());
};
