// What is known of the groups: the objects as JSON.parse made them, sort keys and search text beside them.

/** Admins and members, each person once. */
export function peopleOf({ admins = [], members = [] }) {
  let count = members.length;
  for (const { name } of admins) {
    if (!members.some((member) => member.name === name)) count += 1;
  }
  return count;
}

/** Up to three names, and how many more. */
export function adminsOf({ admins = [] }) {
  const names = admins.slice(0, 3).map(({ name }) => name).join(', ');
  return admins.length > 3 ? `${names} +${admins.length - 3}` : names || 'none';
}

const KEYS = {
  full_name: (group) => group.full_name.toLowerCase(),
  name: (group) => group.name.toLowerCase(),
  description: (group) => (group.description ?? '').toLowerCase(),
  people: peopleOf,
  admins: (group) => adminsOf(group).toLowerCase(),
};

/** Orders numbers of items by their keys; what is equal stays in the order of the list. */
function sortBy(keys, places) {
  return places.sort((a, b) => {
    const [x, y] = [keys[a], keys[b]];
    return x < y ? -1 : x > y ? 1 : a - b;
  });
}

const NOTHING = { words: '', column: '', direction: 0, found: [] };

export class Groups {
  list = [];
  /**
   * Keys and order of the column in use, and no others: those of all five would be one more string for each group and column,
   * and what a page weighs is measured too.
   */
  #sorted = { column: 'full_name', keys: [], order: [] };
  #texts = [];
  /** The last search and what it found, for a longer one finds no more than that. */
  #last = NOTHING;

  /** Adds groups at the end of the list, and in their place of the order in use. */
  add(groups) {
    const first = this.list.length;
    const { column, keys, order } = this.#sorted;
    if (first === 0) this.list = groups;
    else for (const group of groups) this.list.push(group);
    const fresh = [];
    for (let i = first; i < this.list.length; i += 1) {
      keys.push(KEYS[column](this.list[i]));
      fresh.push(i);
    }
    sortBy(keys, fresh);
    this.#sorted.order = first === 0 ? fresh : merge(order, fresh, keys);
    this.#last = NOTHING;
  }

  /** Makes the text to search in ready for so many more groups; says whether all have theirs. */
  prepare(most = Infinity) {
    const until = Math.min(this.list.length, this.#texts.length + most);
    for (let i = this.#texts.length; i < until; i += 1) {
      const { name, full_name, description = '' } = this.list[i];
      this.#texts.push(`${full_name}\n${name}\n${description}`.toLowerCase());
    }
    return until === this.list.length;
  }

  #order(column) {
    if (this.#sorted.column !== column) {
      const keys = this.list.map(KEYS[column]);
      this.#sorted = { column, keys, order: sortBy(keys, this.list.map((_, i) => i)) };
    }
    return this.#sorted.order;
  }

  /** The numbers of the groups that have all the words, in this order. */
  find(query, column, direction) {
    const words = query.toLowerCase().trim();
    const last = this.#last;
    let found = this.#order(column);
    if (direction < 0) found = found.toReversed();
    if (words) {
      this.prepare();
      const narrower = last.words && words.startsWith(last.words) && last.column === column && last.direction === direction;
      const texts = this.#texts;
      const from = narrower ? last.found : found;
      const [one, ...more] = words.split(/\s+/);
      found = from.filter((i) => texts[i].includes(one));
      for (const word of more) found = found.filter((i) => texts[i].includes(word));
    }
    this.#last = { words, column, direction, found };
    return found;
  }
}

/** Two orders into one. */
function merge(a, b, keys) {
  const merged = new Array(a.length + b.length);
  let [i, j] = [0, 0];
  for (let n = 0; n < merged.length; n += 1) {
    if (j >= b.length || (i < a.length && keys[a[i]] <= keys[b[j]])) merged[n] = a[i++];
    else merged[n] = b[j++];
  }
  return merged;
}
