// A table of which only the rows in sight exist: rows of one height, made once and filled anew.

const ROW = 44;
/** Rows beyond the edges of the window, so that a step of the wheel finds them painted. */
const SPARE = 6;

/**
 * @param {HTMLElement} table  the element that becomes the table
 * @param {{label: string, key: string, link?: boolean}[]} columns
 * @param {{cells: (item: number) => string[], href?: (item: number) => string, onSort: (key: string) => void}} of
 *        what stands in a row: one text a column, and where its link leads
 */
export function windowed(table, columns, { cells, href, onSort }) {
  const head = document.createElement('div');
  head.setAttribute('role', 'row');
  for (const { label, key } of columns) {
    const cell = head.appendChild(document.createElement('div'));
    cell.setAttribute('role', 'columnheader');
    cell.dataset.key = key;
    const button = cell.appendChild(document.createElement('button'));
    button.type = 'button';
    button.textContent = label;
    button.addEventListener('click', () => onSort(key));
  }
  const body = document.createElement('div');
  body.setAttribute('role', 'rowgroup');
  table.append(head, body);

  /** The rows that exist: element, texts, link, and which place of the table each shows. */
  const rows = [];
  let items = [];
  let from = -1;
  let until = -1;

  function makeRow() {
    const element = document.createElement('div');
    element.setAttribute('role', 'row');
    let link;
    const texts = columns.map((column) => {
      let cell = element.appendChild(document.createElement('div'));
      cell.setAttribute('role', 'cell');
      if (column.link) cell = link = cell.appendChild(document.createElement('a'));
      return cell.appendChild(document.createTextNode(''));
    });
    body.append(element);
    return { element, texts, link, place: -1 };
  }

  function fill(row, place) {
    const item = items[place];
    if (row.place !== place) {
      row.place = place;
      row.element.style.transform = `translateY(${place * ROW}px)`;
      row.element.setAttribute('aria-rowindex', place + 2);
    }
    const values = cells(item);
    for (let i = 0; i < values.length; i += 1) {
      if (row.texts[i].data !== values[i]) row.texts[i].data = values[i];
    }
    if (row.link) {
      const target = href(item);
      if (row.link.getAttribute('href') !== target) row.link.setAttribute('href', target);
    }
  }

  /** Fills the rows in sight; all of them, or only those that came into sight. */
  function paint(all) {
    const top = Math.max(0, -body.getBoundingClientRect().top);
    const first = Math.max(0, Math.floor(top / ROW) - SPARE);
    const last = Math.min(items.length, Math.ceil((top + innerHeight) / ROW) + SPARE);
    if (!all && first === from && last === until) return;
    [from, until] = [first, last];
    const room = Math.ceil(innerHeight / ROW) + 2 * SPARE + 1;
    while (rows.length < Math.min(room, items.length)) rows.push(makeRow());
    const shown = new Set();
    for (let place = first; place < last; place += 1) {
      // The row of a place is always the same one, so that what stays in sight is not touched.
      const row = rows[place % rows.length];
      shown.add(row);
      if (all || row.place !== place) fill(row, place);
      if (row.element.hidden) row.element.hidden = false;
    }
    for (const row of rows) {
      if (!shown.has(row) && !row.element.hidden) {
        row.element.hidden = true;
        row.place = -1;
      }
    }
  }

  addEventListener('scroll', () => paint(false), { passive: true });
  addEventListener('resize', () => paint(true));

  return {
    /** Shows these items, by their numbers. */
    show(next) {
      if (next.length !== items.length) {
        body.style.height = `${next.length * ROW}px`;
        table.setAttribute('aria-rowcount', next.length + 1);
      }
      items = next;
      paint(true);
    },
    /** Says by which column it is sorted. */
    sorted(key, direction) {
      for (const cell of head.children) {
        if (cell.dataset.key === key) cell.ariaSort = direction > 0 ? 'ascending' : 'descending';
        else cell.ariaSort = null;
      }
    },
  };
}
