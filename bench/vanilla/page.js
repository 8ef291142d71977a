// The page: a list of groups that is searched, sorted and scrolled, and a page for each group. No library; this is what the
// browser itself can do, and so the limit that others are compared with.
import { Groups, adminsOf, peopleOf } from './groups.js';
import { windowed } from './table.js';

const ROOT = '/api/v1/groups';
const one = (selector) => document.querySelector(selector);
const number = new Intl.NumberFormat('en');
const time = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** A read of the API. */
export function ask(path) {
  return fetch(ROOT + path, { headers: { authorization: 'Bearer bench' }, cache: 'no-store' });
}

/** Lets what was done be painted, and what waits be done. */
export function turn() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(0);
    });
  });
}

/**
 * Starts the page.
 * @param {(arrived: (groups: object[]) => void) => Promise<void>} read  reads the list, at once or piece by piece
 */
export function start(read) {
  const search = one('[aria-label="Search groups"]');
  const status = one('#list [role=status]');
  let groups = new Groups();
  let [column, direction] = ['full_name', 1];
  let readAt = '';

  const table = windowed(
    one('[aria-label="Groups"]'),
    [
      { label: 'Display name', key: 'full_name', link: true },
      { label: 'Internal name', key: 'name' },
      { label: 'Description', key: 'description' },
      { label: 'People', key: 'people' },
      { label: 'Admins', key: 'admins' },
    ],
    {
      cells(i) {
        const group = groups.list[i];
        return [group.full_name, group.name, group.description ?? '', number.format(peopleOf(group)), adminsOf(group)];
      },
      href: (i) => `#/${encodeURIComponent(groups.list[i].name)}`,
      onSort(key) {
        direction = key === column ? -direction : key === 'people' ? -1 : 1;
        column = key;
        show();
      },
    },
  );

  function show() {
    const found = groups.find(search.value, column, direction);
    table.sorted(column, direction);
    table.show(found);
    status.textContent = `${number.format(found.length)} of ${number.format(groups.list.length)} ${readAt ? `· read ${readAt}` : 'so far'}`;
  }

  async function load() {
    document.documentElement.removeAttribute('data-complete');
    const again = groups.list.length > 0;
    const next = again ? new Groups() : groups;
    await read((arrived) => {
      next.add(arrived);
      // What is being read stays until all of it is there anew.
      if (!again) show();
    });
    groups = next;
    readAt = time.format(new Date());
    show();
    document.documentElement.setAttribute('data-complete', '');
    // The rows are painted first, then the search is made ready, a frame's worth at a time.
    await turn();
    while (!groups.prepare(10_000)) await turn();
  }

  search.addEventListener('input', () => {
    scrollTo(0, 0);
    show();
  });
  one('.again').addEventListener('click', load);
  groupPage((name) => groups.list.find((group) => group.name === name));
  load();
}

/** The page of the group that the address names. */
function groupPage(known) {
  const search = one('[aria-label="Search members"]');
  const status = one('#group [role=status]');
  const [list, page] = [one('#list'), one('#group')];
  let people = [];
  let texts = [];
  let scrolled = 0;
  let [column, direction] = ['role', 1];
  let opened;

  const table = windowed(
    one('[aria-label="Members"]'),
    [{ label: 'Member', key: 'name' }, { label: 'Role', key: 'role' }],
    {
      cells: (i) => [people[i].name, people[i].role],
      onSort(key) {
        direction = key === column ? -direction : 1;
        column = key;
        show();
      },
    },
  );

  function show() {
    const query = search.value.toLowerCase().trim();
    let found = people.map((_, i) => i);
    // The server lists people by name, admins first: so are they by role.
    if (column === 'name') found.sort((a, b) => (texts[a] < texts[b] ? -1 : 1));
    if (direction < 0) found.reverse();
    if (query) found = found.filter((i) => texts[i].includes(query));
    table.sorted(column, direction);
    table.show(found);
    status.textContent = `${number.format(found.length)} of ${number.format(people.length)}`;
  }

  function fill({ full_name, admins, members }) {
    page.querySelector('h1').textContent = full_name;
    const roles = new Map(admins.map(({ name }) => [name, 'Admin']));
    for (const { name } of members) roles.set(name, roles.has(name) ? 'Admin, Member' : 'Member');
    people = Array.from(roles, ([name, role]) => ({ name, role }));
    texts = people.map(({ name }) => name.toLowerCase());
    show();
  }

  async function route() {
    const name = decodeURIComponent(location.hash.slice(2));
    opened = name;
    if (!list.hidden) scrolled = scrollY;
    list.hidden = Boolean(name);
    page.hidden = !name;
    if (!name) {
      scrollTo(0, scrolled);
      return;
    }
    scrollTo(0, 0);
    search.value = '';
    const group = known(name);
    if (group) fill(group);
    const reply = await (await ask(`/group/${encodeURIComponent(name)}`)).json();
    if (opened === name) fill(reply.group);
  }

  search.addEventListener('input', show);
  addEventListener('hashchange', route);
  if (location.hash.length > 2) route();
}
