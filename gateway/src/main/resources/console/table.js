// Tables whose rows can be opened. Rows are kept while they stand for the same, so that focus stays where it is.

/** A cell's text; `open` makes it a button. */
function cell({ text, number = false, open }, header) {
  const made = document.createElement(header ? 'th' : 'td');
  if (header) {
    made.scope = 'row';
  }
  made.classList.toggle('number', number);
  if (open) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'link';
    button.textContent = text;
    button.onclick = open;
    made.append(button);
  } else {
    made.textContent = text;
  }
  return made;
}

/** Shows rows: `key` and `cells`, the first of which names it. `none` is said when there are none. */
export function fill(body, rows, none) {
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const shown = rows.map(({ key, cells }) => {
    const row = known.get(key) ?? document.createElement('tr');
    row.dataset.key = key;
    if (row.cells.length === cells.length) {
      cells.forEach(({ text }, i) => {
        const place = row.cells[i].querySelector('button') ?? row.cells[i];
        if (place.textContent !== text) {
          place.textContent = text;
        }
      });
    } else {
      row.replaceChildren(...cells.map((one, i) => cell(one, i === 0)));
    }
    return row;
  });
  if (!shown.length) {
    const row = document.createElement('tr');
    const empty = document.createElement('td');
    empty.colSpan = body.parentElement.tHead.rows[0]?.cells.length ?? 1;
    empty.className = 'none';
    empty.textContent = none;
    row.append(empty);
    shown.push(row);
  }
  if (shown.length !== body.rows.length || shown.some((row, i) => row !== body.rows[i])) {
    const focused = document.activeElement;
    body.replaceChildren(...shown);
    if (body.contains(focused)) {
      focused.focus();
    }
  }
}

/** Names columns. */
export function head(thead, names) {
  const row = document.createElement('tr');
  row.append(
    ...names.map((name) => {
      const made = document.createElement('th');
      made.scope = 'col';
      made.textContent = name;
      return made;
    }),
  );
  thead.replaceChildren(row);
}
