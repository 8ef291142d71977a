// Replies that are JSON and not what the contract says: the real ones, with one thing otherwise.

/** What each field of a group is worth to the app: spoilt by another type, and by null. */
const FIELDS = {
  Instabase: {
    name: ['misread', 'misread'],
    full_name: ['misread', 'shown'],
    description: ['misread', 'shown'],
    profile_photo_url: ['misread', 'shown'],
    admins: ['misread', 'unlisted'],
    members: ['misread', 'unlisted'],
    'members.0': ['misread', 'misread'],
    'members.0.type': ['misread', 'shown'],
    'members.0.name': ['misread', 'misread'],
  },
  snip: {
    id: ['misread', 'misread'],
    name: ['misread', 'shown'],
    description: ['misread', 'shown'],
    created: ['shown', 'shown'],
    last_updated: ['shown', 'shown'],
    members: ['misread', 'unlisted'],
    'members.0': ['misread', 'misread'],
    'members.0.user_id': ['misread', 'misread'],
    'members.0.role': ['misread', 'misread'],
    'members.0.joined_at': ['shown', 'shown'],
    'members.0.primary_credential_id': ['misread', 'shown'],
    'members.0.emails': ['misread', 'shown'],
    'members.0.emails_verified': ['misread', 'shown'],
    'members.0.credential_ids': ['misread', 'shown'],
    'members.0.self': ['misread', 'shown'],
  },
};
const WRONG = 0;
const NULL = 1;

/** What stands around a group or a list of them. */
const within = {
  Instabase: { group: (body) => body.group, list: (body) => body.groups },
  snip: { group: (body) => body, list: (body) => body },
};

/** Puts a value at a path of a group; says whether there is such a place in it. */
function put(group, path, value) {
  const parts = path.split('.');
  const last = parts.pop();
  let at = group;
  for (const part of parts) at = at?.[part];
  if (at === null || at === undefined || !(last in at)) return false;
  at[last] = typeof value === 'function' ? value(at[last]) : value;
  return true;
}

/** The same JSON with each of its texts changed, but for the word that says how it went and what things are known by. */
const withTexts = (value, odd, key = '') => {
  if (typeof value === 'string') return ['description', 'full_name'].includes(key) || (key === 'name' && value.includes(' ')) ? odd(value) : value;
  if (Array.isArray(value)) return value.map((item) => withTexts(item, odd));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withTexts(field, odd, name)]));
  return value;
};

/** What no field is: texts, numbers, lists and people are otherwise. */
const wrong = { 17: ['seventeen'] };

/**
 * Changes the real reply to something that is asked for: `list(groups)` all its groups, `group(group)` the one, `body(body)`
 * what stands around them, `text(text)` its bytes at the end.
 */
const changed = (system, { list, group, body, text }) => (real, path) => {
  let all = JSON.parse(real);
  const isList = /\/(list|groups)(\?|$)/.test(path);
  if (isList && list) list(within[system].list(all));
  if (!isList && group) group(within[system].group(all));
  if (body) all = body(all, isList) ?? all;
  const said = JSON.stringify(all);
  return text ? text(said) : said;
};

/** A group of the list that no cell looks at for itself. */
const others = (groups, its) => groups.filter((one) => ![its.key, ...its.pair].includes(String(one.id ?? one.name)) && one.members.length > 0);

/** Each field of a group once, the one group of a reply or so many groups of a list. */
function fields(which, value) {
  return {
    group: ({ system }, all) => {
      const some = Object.entries(FIELDS[system]).map(([path, says]) => [path, says[which]]);
      // Where it is tried again and again, all; else one that spoils it and one that does not.
      const kept = all ? some : ['misread', 'shown'].map((wanted) => some.find(([, says]) => says === wanted)).filter(Boolean);
      const envelope = all && system === 'Instabase' ? [['status', which === WRONG ? 'misread' : 'shown'], ['group', 'misread']] : [];
      const around = envelope.map(([name, says]) => ({ which: name, says, change: changed(system, { body: (body) => ({ ...body, [name]: value }) }) }));
      const inside = kept.map(([path, says]) => ({
        which: path,
        says,
        change: changed(system, {
          group: (group) => {
            if (!put(group, path, value)) throw new Error(`no ${path} in ${JSON.stringify(group).slice(0, 200)}`);
          },
        }),
      }));
      return [...inside, ...around];
    },
    list: ({ system, its }, all) => {
      const spoilt = Object.entries(FIELDS[system]).filter(([, says]) => says[which] === 'misread');
      const items = { which: 'groups, each at another field', says: 'some', spoilt: 0 };
      items.change = changed(system, {
        list: (groups) => {
          const some = others(groups, its).slice(0, spoilt.length);
          items.spoilt = some.filter((group, place) => put(group, spoilt[place][0], value)).length;
        },
      });
      if (system === 'snip' || !all) return [items];
      const envelope = which === WRONG ? ['status', 'groups'] : ['groups'];
      return [items, ...envelope.map((name) => ({ which: name, says: 'misread', change: changed(system, { body: (body) => ({ ...body, [name]: value }) }) }))];
    },
    // Of an answer to a write there is a word that says how it went; snip's body is not relied on.
    write: ({ system }) => ({
      answered: system === 'Instabase' && which === WRONG ? 'doubt' : 'accepted',
      change: changed(system, { body: (body) => (system === 'Instabase' ? { ...body, status: value } : { ...body, name: value }) }),
    }),
  };
}

export const wrongType = fields(WRONG, wrong);
export const nullField = fields(NULL, null);

export const badItem = {
  group: ({ system }) => [{ which: 'a person', says: 'misread', change: changed(system, { group: (group) => group.members.splice(1, 0, 17) }) }],
  list: ({ system }) => [
    {
      which: 'three groups',
      says: 'some',
      spoilt: 3,
      change: changed(system, { list: (groups) => groups.splice(0, groups.length, ...groups.slice(0, 2), 17, ...groups.slice(2), { name: 3, id: {} }, null) }),
    },
  ],
};

export const unknownRole = {
  group: ({ system }) => [{ which: 'the last member', says: 'shown', change: changed(system, { group: (group) => strange(system, group) }) }],
  list: ({ system }) => [{ which: 'each group', says: 'shown', change: changed(system, { list: (groups) => groups.filter(({ members }) => members.length > 0).forEach((group) => strange(system, group)) }) }],
};

function strange(system, group) {
  if (system === 'snip') group.members.at(-1).role = 'emperor';
  else group.members.at(-1).type = 'robot';
}

/** Each key twice, the first time with something else. */
const twice = (value) => {
  if (Array.isArray(value)) return `[${value.map(twice).join(',')}]`;
  if (value && typeof value === 'object') {
    return `{${Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}:17,${JSON.stringify(key)}:${twice(field)}`).join(',')}}`;
  }
  return JSON.stringify(value);
};
const doubled = (text) => twice(JSON.parse(text));

/** Every group of a list is spoilt, and they are counted. */
function everyGroup(text) {
  const all = { which: 'every group', says: 'none', spoilt: 0 };
  all.change = changed('snip', {
    list: (groups) => {
      all.spoilt = groups.length;
    },
    text,
  });
  return all;
}

export const duplicateKeys = {
  group: ({ system }) => [{ which: 'all', says: 'misread', change: changed(system, { text: doubled }) }],
  list: ({ system }) => [
    // Where nothing stands around the groups, each of them is spoilt and none is left.
    system === 'Instabase' ? { which: 'all', says: 'misread', change: changed(system, { text: doubled }) } : everyGroup(doubled),
  ],
  write: ({ system }) => ({ answered: system === 'Instabase' ? 'doubt' : 'accepted', change: changed(system, { text: doubled }) }),
};

/** Something in the texts that JSON can say and no text can hold. */
const MARK = '\u0001';
const halved = (text) => text.replaceAll(JSON.stringify(MARK).slice(1, -1), '\\ud83d');

export const loneSurrogates = {
  group: ({ system }) => [
    {
      which: 'the description',
      says: 'misread',
      change: changed(system, { group: (group) => put(group, 'description', (text) => `${text}${MARK}`), text: halved }),
    },
  ],
  list: ({ system, its }) => [
    {
      which: 'one description',
      says: 'some',
      spoilt: 1,
      change: changed(system, { list: (groups) => put(others(groups, its)[0], 'description', (text) => `${text}${MARK}`), text: halved }),
    },
  ],
  write: ({ system }) => ({ answered: 'accepted', change: changed(system, { body: (body) => ({ ...body, note: MARK }), text: halved }) }),
};

/** Ends a line, rings a bell, turns the direction of what follows. */
export const UNSEEN = '\u0000\u0007\u202e\u2066';

export const controls = {
  group: ({ system }) => [{ which: 'all texts', says: 'shown', renamed: true, change: changed(system, { body: (body) => withTexts(body, (text) => `${text}${UNSEEN}`) }) }],
  list: ({ system }) => [{ which: 'all texts', says: 'shown', change: changed(system, { body: (body) => withTexts(body, (text) => `${text}${UNSEEN}`) }) }],
  write: ({ system }) => ({ answered: 'accepted', change: changed(system, { body: (body) => ({ ...body, note: UNSEEN }) }) }),
};
