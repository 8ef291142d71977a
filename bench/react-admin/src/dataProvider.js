// The Group API as a react-admin data provider.
//
// The API has no paging, sorting or search: one reply holds every group. So the list is read once and kept, and each
// question of react-admin (a page of 25, sorted, filtered) is answered from it, which is what its documentation asks of a
// provider for such an API. Sort keys and texts to search in are kept too: computing them at each question would make
// react-admin look slower than it has to be.

const ROOT = '/api/v1/groups';
let list;

async function read(path) {
  const reply = await fetch(ROOT + path, { headers: { authorization: 'Bearer bench' }, cache: 'no-store' });
  const body = await reply.json();
  if (body.status !== 'OK') throw new Error(body.msg);
  return body;
}

/** Admins and members, each person once. */
export function people({ admins = [], members = [] }) {
  const own = admins.filter(({ name }) => !members.some((member) => member.name === name));
  return own.length + members.length;
}

/** Up to three names, and how many more. */
export function adminNames({ admins = [] }) {
  const names = admins.slice(0, 3).map(({ name }) => name).join(', ');
  return admins.length > 3 ? `${names} +${admins.length - 3}` : names || 'none';
}

const KEYS = {
  full_name: (group) => group.full_name.toLowerCase(),
  name: (group) => group.name.toLowerCase(),
  description: (group) => (group.description ?? '').toLowerCase(),
  people,
  admins: (group) => adminNames(group).toLowerCase(),
};

async function load() {
  const { groups } = await read('/list?get_members=true');
  // react-admin wants an id in every record.
  for (const group of groups) group.id = group.name;
  const texts = groups.map(({ full_name, name, description = '' }) => `${full_name}\n${name}\n${description}`.toLowerCase());
  return { groups, texts, orders: {} };
}

/** Every group's place, in ascending order of a field; kept until the list is read anew. */
function order({ groups, orders }, field) {
  orders[field] ??= (() => {
    const keys = groups.map(KEYS[field]);
    return groups.map((_, i) => i).sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b));
  })();
  return orders[field];
}

export const dataProvider = {
  /** The next question reads the list again. */
  forget() {
    list = undefined;
  },

  async getList(resource, { pagination, sort, filter }) {
    list ??= load();
    const { groups, texts, orders } = await list;
    let places = order({ groups, orders }, sort.field);
    const words = (filter.q ?? '').toLowerCase().trim().split(/\s+/).filter(Boolean);
    if (words.length > 0) places = places.filter((i) => words.every((word) => texts[i].includes(word)));
    if (sort.order === 'DESC') places = places.toReversed();
    const from = (pagination.page - 1) * pagination.perPage;
    return { data: places.slice(from, from + pagination.perPage).map((i) => groups[i]), total: places.length };
  },

  async getOne(resource, { id }) {
    return { data: (await open(id)).group };
  },

  async getMany(resource, { ids }) {
    const all = await Promise.all(ids.map((id) => dataProvider.getOne(resource, { id })));
    return { data: all.map(({ data }) => data) };
  },

  /** The members of a group, as records of their own: a page of them, sorted, filtered. */
  async getManyReference(resource, { id, pagination, sort, filter }) {
    const { members } = await (opened?.id === id ? opened.reading : open(id));
    const query = (filter.q ?? '').toLowerCase().trim();
    const found = query ? members.filter(({ name }) => name.toLowerCase().includes(query)) : members;
    const key = sort.field;
    const sorted = found.toSorted((a, b) => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0));
    if (sort.order === 'DESC') sorted.reverse();
    const from = (pagination.page - 1) * pagination.perPage;
    return { data: sorted.slice(from, from + pagination.perPage), total: sorted.length };
  },
};

/** The group whose page is open; its members' pages are answered from what was read for it. */
let opened;

function open(id) {
  const reading = read(`/group/${encodeURIComponent(id)}`).then(({ group }) => {
    const roles = new Map(group.admins.map(({ name }) => [name, 'Admin']));
    for (const { name } of group.members) roles.set(name, roles.has(name) ? 'Admin, Member' : 'Member');
    return { group: { ...group, id: group.name }, members: Array.from(roles, ([name, role]) => ({ id: name, name, role })) };
  });
  opened = { id, reading };
  return reading;
}
