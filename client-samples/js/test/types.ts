// Compiled and not run: the declarations allow what is meant, and nothing else.
import { Fanfare, type FanfareMessage } from '../fanfare.js';

const fanfare = new Fanfare('https://push.example', {
  channels: ['orders.*'],
  getToken: async () => (await fetch('/token')).text(),
  transports: ['ws', 'poll'],
  share: 'user-1',
  parameters: { policy: 'sample', interval: '2s' },
});
fanfare.onmessage = ({ id, channel, data, deleted }) => console.log(id.length, channel.length, data, deleted);
fanfare.ongap = ({ reason, from, to }) => console.log(reason === 'retention' && to - from);
fanfare.addEventListener('open', ({ transport, via }) => console.log(transport === 'tab', via));
fanfare.addEventListener('error', ({ code, status }) => console.log(code.length, status));
const cursor: string | undefined = fanfare.cursor;
for await (const message of fanfare) {
  const { time }: FanfareMessage = message;
  console.log(time, cursor);
}
// @ts-expect-error there are no other transports
new Fanfare('https://push.example', { channels: 'a', transports: ['carrier-pigeon'] });
// @ts-expect-error channels are needed
new Fanfare('https://push.example', {});
// @ts-expect-error it moves by itself
fanfare.cursor = 'other';
export {};
