// What the page is made of.

const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = 24 * 60 * 60 * 1000;

export const part = (id) => document.getElementById(id);

/** An element: with a style, attributes and children, texts among them. */
export function element(tag, style = '', attributes = {}, ...children) {
  const made = document.createElement(tag);
  made.className = style;
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      made.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? '' : value);
    }
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

export const button = (text, onclick, style = '', attributes = {}) =>
  element('button', style, { type: 'button', onclick, ...attributes }, text);

export const chip = (text, tone = '') => element('span', `chip ${tone}`, {}, text);

export const TONES = { delivered: 'good', parked: 'warn', 'dead-letter': 'bad', ended: '' };

/** A time of today without the date. */
export function time(iso) {
  const at = new Date(iso);
  const recent = Math.abs(Date.now() - at) < DAY;
  return element('time', '', { datetime: iso, title: iso }, recent ? CLOCK.format(at) : `${DATE.format(at)} ${CLOCK.format(at)}`);
}

export const count = (number, one, many = `${one}s`) =>
  `${number >= 10_000 ? '10,000 or more' : number} ${number === 1 ? one : many}`;

/** Tells what has happened, also to who does not see it. */
export function say(text, failed = false) {
  const news = part('news');
  news.textContent = text;
  news.classList.toggle('failed', failed);
}

/** For what somebody does: says what is wrong, and whether it went well. */
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (problem) {
    say(problem.message, true);
    return false;
  }
}

/** Asks before something that cannot be undone. */
export function ask(question, yes) {
  return new Promise((answer) => {
    const title = element('p', '', { id: 'question' }, question);
    const dialog = element('dialog', '', { 'aria-labelledby': 'question' },
      title,
      element('form', '', { method: 'dialog' },
        element('button', 'main', { value: 'yes' }, yes),
        element('button', '', { value: '', autofocus: true }, 'Cancel')));
    dialog.addEventListener('close', () => {
      answer(dialog.returnValue === 'yes');
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A secret, which is not shown again. */
export function secret(label, text) {
  const shown = element('code', 'secret', {}, text);
  return element('div', 'once', { role: 'group', 'aria-label': label },
    element('b', '', {}, label),
    shown,
    button('Copy', () => attempt(async () => {
      await navigator.clipboard.writeText(text);
      say('Copied.');
    })),
    element('p', 'more', {}, 'It is shown once: put it where your receiver finds it.'));
}

/** What was decided, one after the other. */
export function decisions({ decisions: list }) {
  return element('ol', 'decisions', {},
    ...list.map(({ step, at, detail }) =>
      element('li', step, {}, element('b', '', {}, step), at ? time(at) : undefined, element('span', 'more', {}, detail))));
}

/** A part of the view with a title. */
export function section(id, title, ...children) {
  return element('section', '', { id, 'aria-labelledby': `${id}-title` },
    element('h3', '', { id: `${id}-title` }, title),
    ...children);
}

/** Calls again and again while the page is looked at, until `stop` is aborted. */
export function every(millis, work, stop) {
  const timer = setInterval(() => document.hidden || work().catch(() => {}), millis);
  stop.addEventListener('abort', () => clearInterval(timer));
}

/** For an input of a local time. */
export function localTime(at) {
  return new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
