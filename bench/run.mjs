// One contestant, one size, one fresh browser context: what it shows is checked, and everything is measured.
import assert from 'node:assert/strict';
import { memory, traced } from './inside.mjs';
import { COLUMNS } from './contestants.mjs';
import { BIG } from './generate.mjs';
import { probe } from './probe.js';

/** Chromium works by itself for a while after a context was opened. */
const QUIET_MS = 2_500;
/** How long a page may take to show what it was asked for, and to load. */
const PATIENCE_MS = 30_000;
const LOADING_MS = 120_000;
/** A page that was sent what it asked for and has changed nothing for so long has shown it. */
const QUIET_AFTER_READ_MS = 250;
/** How long a key that need not change anything is given to do so; a search that waits before it begins is given more. */
const SILENCE_MS = 150;
const SLOW_SILENCE_MS = 900;

/** Typed key by key and deleted again; each of its first letters narrows the result at every size. */
const WORD = 'research';
const MEMBER_WORD = 'marino3';
const WARM_UP = 'legal';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const digits = (text) => Number(text.replace(/\D/g, ''));

/** The texts that a search looks through. */
const textOf = ({ full_name, name, description = '' }) => `${full_name}\n${name}\n${description}`.toLowerCase();

/** How many each step of typing and deleting a word leaves. */
function expectations(texts, word) {
  const typed = Array.from(word, (_, i) => word.slice(0, i + 1));
  const left = [...typed, ...typed.slice(0, -1).reverse(), ''];
  const counts = left.map((query) => texts.filter((text) => text.includes(query)).length);
  let before = texts.length;
  return left.map((query, i) => {
    const step = { key: i < word.length ? word[i] : 'Backspace', query, count: counts[i], changes: counts[i] !== before };
    before = counts[i];
    return step;
  });
}

export class Run {
  /** @param {{browser, replay, contestant, url, size, storage, smoke}} of */
  constructor(of) {
    Object.assign(this, of);
  }

  /** The first load alone, slowed or not; `more` is asked once the list is complete. */
  async measure({ slow = 1, more = async () => ({}) } = {}) {
    const { browser, contestant, replay } = this;
    await replay.ask('use', { groups: this.size });
    const context = await browser.newContext({
      baseURL: this.url,
      viewport: { width: 1280, height: 800 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
      storageState: this.storage,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const errors = [];
    try {
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      await page.addInitScript(`(${probe})(${JSON.stringify({ groups: contestant.groups, members: contestant.members })})`);
      const session = await context.newCDPSession(page);
      if (slow > 1) await session.send('Emulation.setCPUThrottlingRate', { rate: slow });
      await sleep(QUIET_MS);
      await replay.ask('log', { id: contestant.id });
      const { longest, process } = await traced(browser, async () => {
        await page.goto(contestant.path, { waitUntil: 'commit' });
        await page.waitForFunction(() => bench.loading.completePainted !== undefined, undefined, { polling: 50, timeout: LOADING_MS });
      });
      Object.assign(this, { page, session, process });
      const loading = await page.evaluate(() => bench.loading);
      const sent = (await replay.ask('log', { id: contestant.id })).filter(({ api }) => !api);
      const missing = sent.filter(({ status }) => status !== 200);
      assert.deepEqual(missing, [], 'files that are asked for and not there');
      // What is asked for once a row has been painted is no part of what one waits for.
      const ahead = await this.#askedAfter(loading.firstRowPainted);
      const [later, first] = [true, false].map((is) => sent.filter(({ path }) => ahead.has(path) === is));
      const sum = (files) => files.reduce((bytes, { bytes: one }) => bytes + one, 0);
      const figures = { loading: { ...loading, longest, bytes: sum(first), requests: first.length } };
      await this.#checkList(this.size);
      Object.assign(figures, await more.call(this));
      const since = (await replay.ask('log', { id: contestant.id })).filter(({ api }) => !api);
      figures.later = sum(later) + sum(since);
      assert.deepEqual(errors, [], 'errors of the page');
      return figures;
    } finally {
      await context.close();
    }
  }

  /** The paths of the files that the page asked for after this moment. */
  async #askedAfter(moment) {
    const paths = await this.page.evaluate((from) => {
      const files = performance.getEntriesByType('resource').filter(({ startTime }) => startTime > from);
      return files.map(({ name }) => new URL(name).pathname);
    }, moment);
    return new Set(paths);
  }

  /**
   * Everything else, once the list is there. A step that fails is told in `failed`, and those after it are left out: the page is
   * in an unknown state, and what was measured before still counts.
   */
  async everything() {
    const { smoke } = this;
    const texts = (await this.replay.ask('list')).map(textOf);
    const read = () => memory(this.page, this.session, this.process);
    const steps = {
      memory: read,
      refreshed: async () => {
        for (let i = 0; i < (smoke ? 1 : 5); i += 1) await this.#refresh();
        await this.#checkList(this.size);
        return read();
      },
      search: async () => {
        await this.#type('groups', texts, WARM_UP);
        return this.#type('groups', texts, WORD, (step) => this.#checkFound(step, texts));
      },
      sort: () => this.#sort(),
      scroll: async () => {
        const figures = await this.page.evaluate((frames) => bench.scroll(frames), smoke ? 60 : 300);
        assert(figures.reached > 0, 'the table was scrolled');
        return figures;
      },
      change: () => this.#change(),
      opening: () => this.#open(),
      members: () => this.#searchMembers(),
    };
    const figures = {};
    await sleep(smoke ? 0 : 500);
    for (const [step, measure] of Object.entries(steps)) {
      try {
        figures[step] = await measure();
      } catch (error) {
        figures.failed = { step, message: error.message.split('\n', 1)[0] };
        break;
      }
    }
    return figures;
  }

  #arm(order, ...words) {
    // What is armed here is awaited after the key or the click; a promise returned would be awaited before.
    return this.page.evaluate(
      ([name, args]) => {
        bench.armed = bench[name](...args);
        return undefined;
      },
      [order, words],
    );
  }

  #armed() {
    return this.page.evaluate(() => bench.armed);
  }

  /** Rows are there, and each says what the site says of its group. */
  async #checkRows() {
    const rows = await this.page.evaluate(() => bench.rows('groups'));
    assert(rows.length > 0, 'rows are shown');
    const names = rows.map((cells) => /[A-Za-z0-9_]+/.exec(cells[1])?.[0] ?? '');
    const groups = await this.replay.ask('groups', { names });
    rows.forEach((cells, i) => {
      const { full_name, description = '', admins, members } = groups[i];
      const people = new Set([...admins, ...members].map(({ name }) => name)).size;
      assert(cells[0].endsWith(full_name), `“${cells[0]}” is the display name “${full_name}” of ${names[i]}`);
      assert.equal(cells[2], description.trim(), `the description of ${names[i]}`);
      assert.equal(digits(cells[3]), people, `the people of ${names[i]}`);
      assert(cells[4].includes(admins[0]?.name ?? 'none'), `“${cells[4]}” begins with the admins of ${names[i]}`);
    });
    return { names, people: rows.map((cells) => digits(cells[3])) };
  }

  async #checkList(size) {
    const status = await this.page.evaluate(() => bench.status('groups'));
    assert.equal(digits(/of ([\d\s,.\u202f]+)/.exec(status)?.[1] ?? ''), size, `“${status}” names ${size} groups`);
    await this.#checkRows();
  }

  async #checkFound({ query, count }, texts) {
    const status = await this.page.evaluate(() => bench.status('groups'));
    const numbers = status.match(/\d[\d\s,.\u202f]*/g)?.map(digits) ?? [];
    assert(numbers.includes(count), `“${status}” names the ${count} of ${texts.length} groups with “${query}”`);
    const { names } = await this.#checkRows();
    const found = (await this.replay.ask('groups', { names })).map(textOf);
    assert(found.every((text) => text.includes(query)), `every row has “${query}”`);
    assert(names.length <= count, 'no more rows than groups found');
  }

  /** Waits until the page has asked the API for this, since the log was last looked at. */
  async #asked(path) {
    const until = Date.now() + PATIENCE_MS;
    while (!(await this.replay.ask('log', { id: this.contestant.id })).some((sent) => sent.path.includes(path))) {
      assert(Date.now() < until, `the page asks for ${path}`);
      await sleep(10);
    }
  }

  async #refresh() {
    const { contestant, page, replay } = this;
    await replay.ask('log', { id: contestant.id });
    await contestant.again(page).click();
    await this.#asked('/groups/list');
    await page.waitForFunction(() => bench.isComplete(), undefined, { polling: 50 });
    await page.evaluate(() => bench.settled());
  }

  /** Types a word and deletes it; the figures of each key that changed something. */
  async #type(region, texts, word, check) {
    const { contestant, page } = this;
    const field = region === 'groups' ? contestant.search(page) : contestant.searchMembers(page);
    await field.click();
    const figures = { dom: [], paint: [], last: [], silent: 0 };
    for (const step of expectations(texts, word)) {
      const patience = step.changes ? PATIENCE_MS : contestant.slowSearch ? SLOW_SILENCE_MS : SILENCE_MS;
      await this.#arm('watch', 'keydown', region, true, patience);
      await page.keyboard.press(step.key);
      const seen = await this.#armed();
      assert(seen || !step.changes, `“${step.query}” changes what is shown`);
      if (seen) {
        figures.dom.push(seen.dom);
        figures.paint.push(seen.paint);
        figures.last.push(seen.last);
      } else figures.silent += 1;
      await page.evaluate(() => bench.settled());
      if (step.query === word && check) await check(step);
    }
    return figures;
  }

  async #sort() {
    const { contestant, page } = this;
    const figures = {};
    for (const column of COLUMNS) {
      const header = contestant.header(page, column);
      await this.#arm('watch', 'click', 'groups', false, PATIENCE_MS);
      await header.click();
      figures[column] = await this.#armed();
      assert(figures[column], `sorting by ${column} changes what is shown`);
      await page.evaluate(() => bench.settled());
      const { people } = await this.#checkRows();
      if (column === 'People') {
        const sorted = people.toSorted((a, b) => a - b);
        if (people[0] > people.at(-1)) sorted.reverse();
        assert.deepEqual(people, sorted, 'sorted by people');
      }
    }
    return figures;
  }

  /** One group is changed on the server; the list is read again. */
  async #change() {
    const { contestant, page, replay } = this;
    const { names } = await this.#checkRows();
    const description = 'Changed a moment ago.';
    await replay.ask('describe', { name: names[2], description });
    await this.#arm('watchChange', description, PATIENCE_MS);
    await contestant.again(page).click();
    const figures = await this.#armed();
    assert(figures, 'the changed row is painted');
    await this.#checkRows();
    return figures;
  }

  async #open() {
    const { contestant, page, replay } = this;
    const [big] = await replay.ask('groups', { names: [BIG.name] });
    // Wherever the list was left, a search brings its row into sight.
    await contestant.search(page).fill(big.full_name);
    const opener = contestant.opener(page, big.full_name).first();
    await opener.waitFor();
    await page.evaluate(() => bench.settled());
    await replay.ask('log', { id: contestant.id });
    await this.#arm('watchOpening', PATIENCE_MS);
    await opener.click();
    const figures = await this.#armed();
    assert(figures, 'the group opens');
    // Every page reads the group again as it opens it: that is no part of what is searched for next.
    await this.#asked('/groups/group/');
    await page.evaluate((quiet) => bench.quiet(quiet), QUIET_AFTER_READ_MS);
    return figures;
  }

  async #searchMembers() {
    const { page, replay } = this;
    const [{ admins, members }] = await replay.ask('groups', { names: [BIG.name] });
    const people = [...new Set([...admins, ...members].map(({ name }) => name))];
    const check = async () => {
      const rows = await page.evaluate(() => bench.rows('members'));
      assert(rows.length > 0, 'members are shown');
      for (const [cell] of rows) assert(people.some((name) => cell.includes(name)), `“${cell}” is a member`);
    };
    await check();
    const figures = await this.#type('members', people, MEMBER_WORD, async () => {
      await check();
      const rows = await page.evaluate(() => bench.rows('members'));
      assert(rows.every(([cell]) => cell.includes(MEMBER_WORD)), `every member has “${MEMBER_WORD}”`);
    });
    return figures;
  }
}
