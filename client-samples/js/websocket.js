// A bare WebSocket: coming back with the cursor of the last message takes one line.
export function subscribe(url, on, cursor) {
  const socket = new WebSocket(cursor ? `${url}&cursor=${cursor}` : url); // ws://localhost:8080/v1/events?channel=…
  socket.onmessage = ({ data }) => {
    const { type, ...message } = JSON.parse(data);
    cursor = message.id ?? message.cursor ?? cursor;
    on[type]?.(message);
  };
  socket.onclose = () => setTimeout(subscribe, 500 + Math.random() * 1500, url, on, cursor);
}
