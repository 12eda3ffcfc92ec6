// Asks for the list once a second, and shows it when it has changed.
const PAUSE_MILLIS = 1000;

const list = document.querySelector('#webhooks');
const state = document.querySelector('#state');
const template = document.querySelector('#webhook');
let version = -1;

function item(webhook) {
  const node = template.content.cloneNode(true);
  const fill = (selector, text) => {
    const element = node.querySelector(selector);
    element.textContent = text;
    element.hidden = text === '';
  };
  fill('.type', webhook.type || '(no type)');
  fill('.times', webhook.times > 1 ? `came ${webhook.times} times` : '');
  fill('.verdict', webhook.verified ? 'verified' : 'not verified');
  fill('.id', webhook.id || '(no webhook-id)');
  fill('.problem', webhook.problem);
  fill('.body', webhook.body);
  node.querySelector('.verdict').classList.add(webhook.verified ? 'good' : 'bad');
  const time = node.querySelector('time');
  time.dateTime = webhook.time;
  time.textContent = new Date(webhook.time).toLocaleTimeString();
  return node;
}

function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

async function refresh() {
  try {
    const response = await fetch('received', { cache: 'no-store' });
    if (!response.ok) throw new Error(response.status);
    const received = await response.json();
    if (received.version !== version) {
      version = received.version;
      list.replaceChildren(...received.webhooks.map(item));
    }
    say(received.webhooks.length === 0 ? 'Waiting for the first webhook.' : 'Live, the latest first.');
  } catch {
    say('The receiver does not answer. Trying again.');
  }
  setTimeout(refresh, PAUSE_MILLIS);
}

refresh();
