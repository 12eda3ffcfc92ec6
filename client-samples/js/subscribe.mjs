// node client-samples/js/subscribe.mjs [URL] [CHANNEL] [TRANSPORT…]: prints each event in a line. Before Node 22, which
// brings a WebSocket, it takes the one of the package `ws` if that is installed, else SSE.
import { Fanfare } from './fanfare.js';

const [url = 'http://localhost:8080', channel = 'orders.*', ...transports] = process.argv.slice(2);
const WebSocket = globalThis.WebSocket ?? (await import('ws').then((ws) => ws.default).catch(() => undefined));
const fanfare = new Fanfare(url, { channels: channel, WebSocket, ...(transports.length > 0 && { transports }) });
fanfare.onopen = ({ transport }) => console.error(`live over ${transport}`);
fanfare.onreconnecting = ({ detail, delayMs }) => console.error(`reconnecting in ${delayMs} ms: ${detail}`);
fanfare.ongap = ({ reason, topic, partition, from, to }) =>
  console.log(`gap: ${reason}, ${topic}/${partition} from ${from} to ${to}`); // here an app reads its state anew
fanfare.onerror = ({ code, detail }) => {
  console.error(`refused: ${code}, ${detail}`);
  process.exit(1);
};
for await (const event of fanfare) {
  console.log(event.channel, JSON.stringify(event.data));
}
