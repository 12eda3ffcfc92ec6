// What takes long: sending again all that has failed, and reading Kafka again. Both show how far they are, and can be
// cancelled.

import { call, get, post } from './api.js';
import { attempt, button, count, element, every, localTime, say } from './parts.js';

const REFRESH = 1_000; // ms
const HOUR = 60 * 60 * 1000;

export function again(endpoint, stop, changed) {
  const path = `endpoints/${encodeURIComponent(endpoint.id)}`;
  const since = element('input', '', { type: 'datetime-local', required: true, name: 'since', value: localTime(new Date(Date.now() - 24 * HOUR)) });
  const missing = element('input', '', { type: 'checkbox', checked: true });
  const dry = element('input', '', { type: 'checkbox' });
  const works = element('div', 'works', { 'aria-live': 'polite' });
  const from = () => new Date(since.value).toISOString();
  const recovers = () => since.reportValidity() && attempt(() => recover(path, from(), works, stop, changed));
  const replays = () =>
    since.reportValidity() &&
    attempt(async () => {
      const body = { since: from(), missingOnly: missing.checked, dryRun: dry.checked };
      const replay = await post(`${path}/replay`, body);
      say(dry.checked ? 'Counting.' : 'Replaying.');
      follow(path, replay, works, stop, changed);
    });
  get(`${path}/replay`)
    .then(({ items }) => items.slice(0, 3).reverse().forEach((replay) => follow(path, replay, works, stop, changed)))
    .catch(() => {});
  return [
    element('form', 'work', { autocomplete: 'off', onsubmit: (submit) => submit.preventDefault() },
      element('label', 'wide', {}, 'Since', since),
      button('Recover what failed', recovers),
      element('label', 'check', {}, missing, 'only what is missing'),
      element('label', 'check', {}, dry, 'only count'),
      button('Replay from Kafka', replays)),
    element('p', 'more', {}, 'Recover sends dead letters again, and what is parked at once. Replay reads Kafka again.'),
    works,
  ];
}

/** A piece of work that is shown at the top of the list. */
function piece(works, name, cancel) {
  const text = element('span', '', {});
  const bar = element('progress', '', { 'aria-label': name });
  const stopper = button('Cancel', cancel, '', { 'aria-label': `Cancel: ${name}` });
  const root = element('div', 'piece', {}, element('b', '', {}, name), text, bar, stopper);
  works.prepend(root);
  return {
    show(state, detail, share) {
      text.textContent = [state, detail].filter((one) => one).join(' · ');
      if (share !== undefined) {
        bar.value = share;
      }
    },
    end(state, detail) {
      this.show(state, detail);
      bar.remove();
      stopper.remove();
      root.classList.add('over');
    },
  };
}

/** In parts: what is done stays done when it is cancelled. */
async function recover(path, since, works, stop, changed) {
  let cancelled = false;
  const work = piece(works, 'Recover', () => {
    cancelled = true;
  });
  const sum = { deadLetters: 0, parked: 0, notKept: 0 };
  const told = () =>
    [
      count(sum.deadLetters, 'dead letter'),
      count(sum.parked, 'parked', 'parked'),
      sum.notKept ? `${sum.notKept} not kept any more` : '',
    ].filter((one) => one).join(', ');
  try {
    let cursor;
    do {
      work.show('running', told());
      const part = await post(`${path}/recover`, { since, partly: true, ...(cursor ? { cursor } : {}) });
      for (const kind of Object.keys(sum)) {
        sum[kind] += part[kind];
      }
      cursor = part.next;
      changed();
    } while (cursor && !cancelled && !stop.aborted);
    work.end(cursor ? 'cancelled' : 'done', told());
    say(cursor ? `Cancelled: ${told()} are sent again.` : `Sent again: ${told()}.`);
  } catch (problem) {
    work.end('failed', `${told()} · ${problem.message}`);
    throw problem;
  }
}

/** Shows a replay until it is over. */
function follow(path, replay, works, stop, changed) {
  const name = replay.dryRun ? 'Count' : 'Replay';
  const leave = new AbortController();
  const work = piece(works, name, () => attempt(async () => show(await call('DELETE', `${path}/replay/${replay.id}`))));
  stop.addEventListener('abort', () => leave.abort());
  function show({ state, matched, queued, dryRun, since, detail }) {
    const told = [
      count(matched, 'event'),
      dryRun ? '' : `${queued} queued`,
      detail,
    ].filter((one) => one).join(', ');
    if (state === 'running') {
      work.show(state, told);
    } else {
      work.end(state, `${told}${since ? ` · since ${since.slice(0, 16)}Z` : ''}`);
      leave.abort();
      changed();
    }
  }
  show(replay);
  if (replay.state === 'running') {
    every(REFRESH, async () => show(await get(`${path}/replay/${replay.id}`)), leave.signal);
  }
}
