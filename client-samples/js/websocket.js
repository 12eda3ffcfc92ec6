// A bare WebSocket: coming back with the cursor of the last message takes one line.
export function subscribe(url, onEvent, onGap, cursor = '') {
  const socket = new WebSocket(cursor ? `${url}&cursor=${cursor}` : url); // ws://localhost:8080/v1/events?channel=…
  socket.onmessage = ({ data }) => {
    const { type, id, ...message } = JSON.parse(data);
    cursor = id ?? message.cursor ?? cursor;
    if (type === 'event') onEvent(message.data);
    if (type === 'gap') onGap(message);
  };
  socket.onclose = () => setTimeout(subscribe, 500 + Math.random() * 1500, url, onEvent, onGap, cursor);
}
