// Long tables: windowed or in pages, by scroll, keyboard, back and reload, at any size of the text.
import assert from 'node:assert/strict';
import { LONG_LIST, at, enter, groupNames, groupRows, memberRow, pathOf, said, soon } from './harness/instabase.mjs';
import { journey } from './harness/journey.mjs';

const LOTS = 3_000;
const CROWD = 2_000;

const users = (names) => names.map((name) => ({ type: 'user', name }));
const four = (n) => String(n).padStart(4, '0');
/** Group `n`, from 1: every seventh is of Paris, and its description says so with an accent. */
const lot = (n, changes = {}) => ({
  name: `lot_${four(n)}`,
  full_name: `Lot ${four(n)}`,
  description: n % 7 === 0 ? 'Équipe de Paris, Île-de-France' : '',
  admins: users(n % 5 === 0 ? [] : ['alice']),
  members: n === 3 ? users(Array.from({ length: CROWD }, (_, k) => `person.${four(k)}`)) : [],
  ...changes,
});
const lots = (numbers) => ({ status: 'OK', groups: numbers.map((n) => lot(n)) });
const all = Array.from({ length: LOTS }, (_, n) => n + 1);

const search = (page) => page.getByRole('searchbox', { name: 'Search groups', exact: true });
const table = (page, name = 'Groups') => page.getByRole('table', { name, exact: true });
const link = (page, n) => table(page).getByRole('link', { name: `Lot ${four(n)}`, exact: true });
const rowOf = (target) => target.locator('xpath=ancestor::tr');
const rowIndex = async (target) => Number(await rowOf(target).getAttribute('aria-rowindex'));
const inPages = (page) => page.getByRole('checkbox', { name: 'Show in pages', exact: true });
const scrollTo = (page, y) => page.evaluate((to) => window.scrollTo(0, to), y);
const scrolled = (page) => page.evaluate(() => window.scrollY);
const whole = (page, n = LOTS, of = LOTS) => said(page, new RegExp(`^${format(n)} of ${format(of)} · read \\d\\d:\\d\\d$`)).waitFor();
const format = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** Opens the list of 3 000 groups. */
async function open(page, fault) {
  fault.on('GET', LONG_LIST, { json: lots(all) });
  fault.on('GET', pathOf('lot_0003'), { json: { status: 'OK', group: lot(3) } });
  await enter(page);
  await whole(page);
}

/** The rows that stand in the part of the screen below the table's head, as they are seen: index, name, top and bottom. */
const seen = (page, name = 'Groups') =>
  table(page, name).locator('tbody tr').evaluateAll((rows) => {
    const under = document.querySelector('thead').getBoundingClientRect().bottom;
    return rows
      .map((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return { index: Number(row.ariaRowIndex ?? row.getAttribute('aria-rowindex')), name: row.querySelector('.name').textContent, top, bottom };
      })
      .filter(({ top, bottom }) => bottom > under && top < window.innerHeight);
  });

/** Fails unless the rows on the screen follow each other without a gap, none over another. */
function expectWhole(rows) {
  assert.ok(rows.length > 1, 'rows are seen');
  for (const [place, row] of rows.entries()) {
    const next = rows[place + 1];
    if (!next) break;
    assert.equal(next.index, row.index + 1, 'in order');
    assert.ok(Math.abs(next.top - row.bottom) < 1, `row ${next.index} begins at ${next.top}, the one before it ends at ${row.bottom}`);
  }
}

const firstSeen = async (page) => (await seen(page))[0]?.name;

journey('a window over 3 000 rows: few in the page, each where it belongs, to the last', {}, async ({ page, fault, axe, shot }) => {
  await open(page, fault);
  assert.equal(await table(page).getAttribute('aria-rowcount'), String(LOTS + 1));
  // Those in sight come first, and those below in one go.
  const inSight = (await seen(page)).length;
  await soon(async () => (await groupRows(page).count()) > inSight + 2, true, 'the rows out of sight are made too');
  const inPage = await groupRows(page).count();
  assert.ok(inPage > 15 && inPage < 60, `${inPage} rows in the page`);
  assert.equal(await rowIndex(link(page, 1)), 2);
  await shot('long-top');
  await scrollTo(page, 60_000);
  await soon(async () => (await seen(page)).length > 10, true, 'rows in the middle');
  const middle = await seen(page);
  expectWhole(middle);
  for (const { index, name } of middle) assert.equal(name, `Lot ${four(index - 1)}`);
  await soon(() => groupRows(page).count(), inPage, 'the same few rows');
  await shot('long-middle');
  await axe();
  await page.keyboard.press('End');
  await link(page, LOTS).waitFor();
  assert.equal(await rowIndex(link(page, LOTS)), LOTS + 1);
  await soon(async () => (await seen(page)).at(-1)?.name, `Lot ${LOTS}`, 'the last row is seen');
  expectWhole(await seen(page));
  await page.keyboard.press('Home');
  await soon(async () => (await seen(page))[0]?.name, 'Lot 0001');
  // A browser that still glides to the top forgets a key that comes meanwhile.
  await soon(() => scrolled(page), 0);
  const turn = async () => {
    await page.keyboard.press('PageDown');
    return (await scrolled(page)) > 300;
  };
  await soon(turn, true, 'the page is turned by the browser');
});

journey('dragging the bar from end to end: the same rows are filled anew, those in sight first', {}, async ({ page, fault }) => {
  await open(page, fault);
  await soon(async () => (await groupRows(page).count()) > 20, true, 'the rows out of sight are made too');
  // Each frame somewhere else, as far as the last.
  const { others, shown } = await page.evaluate(async () => {
    const body = document.querySelector('table[aria-label="Groups"] tbody');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // How many fit is known once they were measured: until then one more may be made.
    for (let calm = 0, rows = 0; calm < 20; calm += 1) {
      await frame();
      if (body.rows.length !== rows) calm = 0;
      rows = body.rows.length;
    }
    const before = new Set(body.querySelectorAll('tr'));
    const end = document.documentElement.scrollHeight - window.innerHeight;
    for (let n = 1; n <= 30; n += 1) {
      window.scrollTo(0, (end * n) / 30);
      await frame();
    }
    await frame();
    const under = document.querySelector('thead').getBoundingClientRect().bottom;
    const shown = [...body.querySelectorAll('tr')].filter((row) => row.getBoundingClientRect().bottom > under && row.getBoundingClientRect().top < window.innerHeight);
    const others = [...body.querySelectorAll('tr')].filter((row) => !before.has(row)).length;
    return { others, shown: shown.map((row) => Number(row.getAttribute('aria-rowindex'))).sort((a, b) => a - b) };
  });
  assert.equal(others, 0, 'no row is made');
  assert.equal(shown.at(-1), LOTS + 1, 'the last row is there');
  shown.slice(1).forEach((index, place) => assert.equal(index, shown[place] + 1, 'without a gap'));
  // At rest, those above the screen are there too, each once and in order.
  await soon(
    async () => {
      const rows = await groupRows(page).evaluateAll((all) => all.map((row) => Number(row.getAttribute('aria-rowindex'))));
      return rows.length > shown.length && rows.every((index, place) => index === LOTS + 2 - rows.length + place);
    },
    true,
    'the rows above the screen follow each other',
  );
  expectWhole(await seen(page));
  // Back to the top at once, and then in another order: what is on the screen is there and right in the very next frame.
  await page.evaluate(() => {
    window.frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  });
  await page.evaluate(async () => {
    window.scrollTo(0, 0);
    await window.frame();
    await window.frame();
  });
  const first = await seen(page);
  expectWhole(first);
  assert.equal(first[0].name, 'Lot 0001');
  const high = await page.evaluate(() => window.innerHeight);
  assert.ok(first.at(-1).bottom >= high, 'down to the foot of the screen');
  await soon(async () => (await groupRows(page).count()) > first.length, true, 'the rows out of sight are made too');
  const names = await page.evaluate(async () => {
    document.querySelector('th[aria-sort] button').click();
    await window.frame();
    const rows = [...document.querySelectorAll('table[aria-label="Groups"] tbody tr')];
    const inSight = rows.filter((row) => row.getBoundingClientRect().top < window.innerHeight);
    return inSight.map((row) => row.querySelector('.name').textContent);
  });
  assert.deepEqual(names, first.map((_, place) => `Lot ${four(LOTS - place)}`));
});

journey('a short table has all of its rows, and no choice of pages', {}, async ({ page, fault }) => {
  fault.on('GET', LONG_LIST, { json: lots(all.slice(0, 200)) });
  await enter(page);
  await said(page, /^200 of 200 · read/).waitFor();
  await soon(() => groupRows(page).count(), 200);
  assert.equal(await inPages(page).count(), 0);
});

journey('a short table is scrolled to where it was after a reload, however far that is', {}, async ({ page, fault }) => {
  fault.on('GET', LONG_LIST, { json: lots(all.slice(0, 120)) });
  await enter(page);
  await soon(() => groupRows(page).count(), 120);
  for (const place of [450, 1_700]) {
    await scrollTo(page, place);
    await soon(async () => (await seen(page)).some(({ top }) => top < 150), true, 'it is scrolled');
    await page.reload();
    await soon(() => scrolled(page), place, 'after a reload');
    await soon(() => groupRows(page).count(), 120);
    assert.equal(await scrolled(page), place, 'and it stays there');
  }
});

for (const place of [40, 90, 180]) {
  journey(`a page that was scrolled by ${place} is there again after a reload, though it grows by and by`, {}, async ({ page, fault }) => {
    await open(page, fault);
    await scrollTo(page, place);
    await soon(() => scrolled(page), place);
    // The list is on its way when the page is there: only its frame stands, and is short.
    fault.on('GET', /groups\/list/, { json: lots(all), delay: 700 });
    await page.reload();
    await whole(page);
    await soon(() => scrolled(page), place, 'after a reload');
  });
}

journey('a list that is read again is shown whole while it is read', {}, async ({ page, fault }) => {
  await open(page, fault);
  fault.on('GET', LONG_LIST, { hang: true }, { times: 1 });
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  // So few that the table is a short one.
  await search(page).fill('lot_00');
  const found = all.filter((n) => four(n).startsWith('00'));
  await soon(() => groupRows(page).count(), found.length);
});

for (const from of ['the groups', 'another page']) {
  journey(`of very many the first are shown at once, and how many there are when it is known, read by ${from}`, {}, async ({ page, fault }) => {
    const words = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta', 'Eta', 'Theta'];
    const many = Array.from({ length: 24_000 }, (_, n) => ({
      name: `lot_${n}`,
      full_name: `${words[n % words.length]} ${n}`,
      description: n % 3 === 0 ? 'Made in Delft' : '',
      admins: [],
      members: [],
    }));
    fault.on('GET', LONG_LIST, { json: { status: 'OK', groups: many } });
    await enter(page);
    await whole(page, many.length, many.length);
    if (from === 'another page') {
      await page.goto(at(page, 'people'));
      await said(page, /· read \d\d:\d\d/).waitFor();
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Groups', exact: true }).click();
      await whole(page, many.length, many.length);
    }
    // What stood there after each change: how many, and who is seen.
    await page.evaluate(() => {
      window.told = [];
      const look = () => {
        const rows = [...document.querySelectorAll('table[aria-label="Groups"] tbody tr')];
        const inSight = rows.filter((row) => row.getBoundingClientRect().top < window.innerHeight);
        window.told.push([document.querySelector('.count').textContent, ...inSight.map((row) => row.querySelector('.name').textContent)]);
      };
      new MutationObserver(look).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true });
    });
    const begins = (letter) => many.filter(({ full_name }) => full_name.toLowerCase().startsWith(letter)).map(({ full_name }) => full_name);
    const holds = (letter) => many.filter(({ full_name, name, description }) => `${full_name}\n${name}\n${description}`.toLowerCase().includes(letter)).length;
    const number = (name) => Number(/\d+$/.exec(name)[0]);
    let isEarly = false;
    for (const letter of ['b', 'g', 'z', 'e', 't', 'd', 'a']) {
      const first = begins(letter).sort((a, b) => a[1].localeCompare(b[1]) || number(a) - number(b));
      await page.evaluate(() => window.told.splice(0));
      await search(page).press(letter);
      await whole(page, holds(letter), many.length);
      const shown = (await seen(page)).map(({ name }) => name);
      assert.deepEqual(shown, first.slice(0, shown.length), letter);
      expectWhole(await seen(page));
      const early = (await page.evaluate(() => window.told)).filter(([count]) => count.startsWith('… of'));
      for (const [, ...names] of early.slice(-1)) assert.deepEqual(names, first.slice(0, names.length), `${letter}, at once`);
      isEarly = early.length > 0;
      if (isEarly) break;
      await search(page).press('Backspace');
      await whole(page, many.length, many.length);
      // What it needs is worked out while nobody asks for anything.
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    }
    assert.ok(isEarly, 'the first were shown before they were counted');
  });
}

/** What is marked in an element: the browser's own highlights, in the order of the text. */
const marked = (element) =>
  element.evaluate((element) =>
    [...CSS.highlights.get('found')]
      .filter((range) => element.contains(range.startContainer) && !range.collapsed)
      .sort((a, b) => a.compareBoundaryPoints(Range.START_TO_START, b))
      .map(String),
  );

journey('what was searched for is marked, accents and case aside, in name, key and description', {}, async ({ page, fault, axe }) => {
  await open(page, fault);
  await search(page).fill('ile LOT_02');
  const found = all.filter((n) => n % 7 === 0 && four(n).startsWith('02'));
  await whole(page, found.length);
  const first = rowOf(link(page, found[0]));
  await soon(() => marked(first), ['lot_02', 'Île']);
  await search(page).fill('equipe 0280');
  await soon(() => groupNames(page), ['Lot 0280']);
  await soon(() => marked(rowOf(link(page, 280))), ['0280', '0280', 'Équipe']);
  await axe();
  await search(page).fill('');
  await whole(page);
  await soon(() => marked(page.locator('body')), []);
});

/** What has the focus: the text of the link or the label of the button. */
const focused = (page) =>
  page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent);

journey('with Tab through rows and past the edge of the window, and back', {}, async ({ page, fault }) => {
  await open(page, fault);
  await link(page, 1).focus();
  // Three stops a row: the box that selects it, the link, and the button that copies the key.
  const stops = (n) => [`Select Lot ${four(n)}`, `Lot ${four(n)}`, `Copy lot_${four(n)}`];
  const way = Array.from({ length: 60 }, (_, i) => stops(i + 1)).flat();
  for (const stop of way.slice(1)) {
    assert.equal(await focused(page), stop);
    await page.keyboard.press('Tab');
  }
  assert.ok((await scrolled(page)) > 1_000, 'the page follows');
  for (const stop of way.reverse()) {
    await page.keyboard.press('Shift+Tab');
    assert.equal(await focused(page), stop);
  }
});

journey('the row with the focus stays itself however far one scrolls, and Tab goes on from it', {}, async ({ page, fault }) => {
  await open(page, fault);
  await link(page, 12).focus();
  await scrollTo(page, 80_000);
  await soon(async () => (await seen(page)).length > 10 && (await seen(page))[0].index > 1_000, true, 'rows far below');
  assert.equal(await focused(page), 'Lot 0012');
  assert.equal(await rowIndex(link(page, 12)), 13);
  await scrollTo(page, 40_000);
  await soon(async () => (await seen(page)).length > 10, true, 'rows elsewhere');
  assert.equal(await focused(page), 'Lot 0012');
  for (let stop = 0; stop < 3; stop += 1) await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Lot 0013');
  await soon(async () => (await seen(page)).some(({ name }) => name === 'Lot 0013'), true, 'the page follows');
  expectWhole(await seen(page));
});

journey('back from a group far down, and after a reload: the same place', {}, async ({ page, fault }) => {
  await open(page, fault);
  await scrollTo(page, 70_007);
  await soon(async () => (await seen(page)).length > 10, true);
  const place = await scrolled(page);
  const rows = await seen(page);
  fault.on('GET', pathOf(`lot_${four(rows[5].index - 1)}`), { json: { status: 'OK', group: lot(rows[5].index - 1) } });
  await page.getByRole('link', { name: rows[5].name, exact: true }).click();
  await page.getByRole('heading', { name: rows[5].name, exact: true, level: 1 }).waitFor();
  assert.equal(await scrolled(page), 0, 'a new page begins at its top');
  await page.goBack();
  await soon(() => scrolled(page), place, 'after going back');
  await soon(() => seen(page), rows, 'the rows after going back');
  await page.reload();
  await soon(() => scrolled(page), place, 'after a reload');
  await soon(() => seen(page), rows, 'the rows after a reload');
  await page.goForward();
  await page.getByRole('heading', { name: rows[5].name, exact: true, level: 1 }).waitFor();
  await soon(() => scrolled(page), 0, 'the group is at its own place');
  await page.goBack();
  await soon(() => seen(page), rows, 'there and back again');
});

journey('“Show in pages”: remembered, in the address, with ways on and back', {}, async ({ page, fault, axe, shot }) => {
  await open(page, fault);
  await inPages(page).check();
  const pages = page.getByRole('navigation', { name: 'Pages of groups', exact: true });
  const at = (n, of = '30') => said(pages, new RegExp(`^Page ${n} of ${of}$`)).waitFor();
  const turn = (name) => pages.getByRole('button', { name, exact: true }).click();
  await at(1);
  await soon(() => groupRows(page).count(), 100);
  assert.equal(await pages.getByRole('button', { name: 'Previous', exact: true }).getAttribute('aria-disabled'), 'true');
  await turn('Next');
  await turn('Next');
  await at(3);
  await soon(async () => (await groupNames(page))[0], 'Lot 0201');
  assert.equal(await rowIndex(link(page, 201)), 202);
  assert.equal(await table(page).getAttribute('aria-rowcount'), String(LOTS + 1));
  await soon(() => new URL(page.url()).searchParams.get('page'), '3');
  await shot('long-pages');
  await axe();
  // The next page begins at its first row.
  await page.keyboard.press('End');
  await soon(() => page.evaluate(() => window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 1), true, 'the end');
  await turn('Next');
  await soon(() => firstSeen(page), 'Lot 0301');
  await turn('Previous');
  await page.reload();
  await at(3);
  await soon(async () => (await groupNames(page))[0], 'Lot 0201', 'remembered over a reload');
  // Another question starts at the first page.
  await search(page).fill('paris');
  await at(1, '5');
  assert.equal(new URL(page.url()).searchParams.get('page'), null);
  await search(page).fill('');
  await at(1);
  await inPages(page).uncheck();
  await pages.waitFor({ state: 'detached' });
  assert.ok((await groupRows(page).count()) < 60, 'a window again');
  await page.reload();
  await whole(page);
  assert.equal(await inPages(page).isChecked(), false);
});

journey('text of twice the size: no row over another, and the last is reached', {}, async ({ page, fault, shot }) => {
  await open(page, fault);
  await scrollTo(page, 30_000);
  await soon(async () => (await seen(page)).length > 10, true);
  const before = (await seen(page))[1].index;
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
  // What was read is still there.
  await soon(async () => (await seen(page)).some(({ index }) => index === before), true, 'the same rows in larger text');
  expectWhole(await seen(page));
  const [one] = (await seen(page)).slice(1);
  assert.equal(Math.round(one.bottom - one.top), 88);
  await shot('long-large');
  await page.keyboard.press('End');
  await soon(async () => (await seen(page)).at(-1)?.name, `Lot ${LOTS}`);
  expectWhole(await seen(page));
});

journey('on a phone: cards of one height, to the last', { viewport: 'phone' }, async ({ page, fault, axe, shot }) => {
  await open(page, fault);
  await scrollTo(page, 100_000);
  await soon(async () => (await seen(page)).length > 3, true);
  expectWhole(await seen(page));
  await shot('long-phone');
  await axe();
  await scrollTo(page, 10_000_000);
  await soon(async () => (await seen(page)).at(-1)?.name, `Lot ${LOTS}`);
  expectWhole(await seen(page));
  // Nothing sticks out to the side.
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
});

/** Opens a list of which half has come: every other group. The other half comes with `rest()`. */
async function openHalf(page, fault) {
  const odd = all.filter((n) => n % 2 === 1 && n > 100);
  const even = all.filter((n) => n % 2 === 0 || n < 100);
  const bytes = Buffer.from(JSON.stringify(lots([...odd, ...even])));
  const at = bytes.indexOf('"lot_0002"') - 20;
  let rest;
  const until = new Promise((resolve) => {
    rest = resolve;
  });
  fault.on('GET', LONG_LIST, { bytes, pause: { at, until } });
  await enter(page);
  await link(page, 101).waitFor();
  return rest;
}

journey('rows that come in while the list is read: the one under the pointer stays put', {}, async ({ page, fault }) => {
  const rest = await openHalf(page, fault);
  const name = 'Lot 0113';
  const target = page.getByRole('link', { name, exact: true });
  const { x, y, height } = await target.boundingBox();
  await page.mouse.move(x + 40, y + height / 2 + 2);
  await page.mouse.move(x + 44, y + height / 2);
  const top = async () => Math.round((await target.boundingBox()).y);
  const before = await top();
  rest();
  await whole(page);
  assert.equal(await top(), before, 'it is where it was');
  assert.equal(await rowIndex(target), 114, 'though others came in before it');
  expectWhole(await seen(page));
});

journey('rows that come in: the one with the focus stays itself and where it is', {}, async ({ page, fault }) => {
  const rest = await openHalf(page, fault);
  const target = page.getByRole('link', { name: 'Lot 0117', exact: true });
  await target.focus();
  const element = await target.elementHandle();
  const top = async () => Math.round((await target.boundingBox()).y);
  const before = await top();
  rest();
  await whole(page);
  assert.equal(await focused(page), 'Lot 0117');
  assert.ok(await target.evaluate((now, then) => now === then && document.activeElement === now, element));
  assert.equal(await top(), before);
});

journey('rows that come in: scrolled down, the first on the screen stays; at the top, nothing moves', {}, async ({ page, fault, another }) => {
  const rest = await openHalf(page, fault);
  // However little of the first half is shown by now, it is longer than this.
  await page.mouse.wheel(0, 1_500);
  await soon(async () => (await seen(page)).length > 10 && (await scrolled(page)) > 1_000, true);
  // The first that is whole below the table's head.
  const row = (await seen(page)).find(({ top }) => top >= 6.5 * 16);
  rest();
  await whole(page);
  const now = (await seen(page)).find(({ name }) => name === row.name);
  assert.ok(now, `${row.name} is still seen`);
  assert.ok(Math.abs(now.top - row.top) < 2, `at ${now.top}, and was at ${row.top}`);
  assert.notEqual(now.index, row.index);
  const other = await another();
  (await openHalf(other.page, fault))();
  await whole(other.page);
  assert.equal(await scrolled(other.page), 0);
  await soon(() => firstSeen(other.page), 'Lot 0001');
});

journey('one changed group: only its cells are painted, and as many in a long table as in a short one', {}, async ({ page, fault }) => {
  const changes = async (numbers) => {
    fault.on('GET', LONG_LIST, { json: lots(numbers) });
    await page.getByRole('button', { name: 'Read again', exact: true }).click();
    await said(page, new RegExp(`^${format(numbers.length)} of ${format(numbers.length)} · read`)).waitFor();
    await link(page, 6).waitFor();
    fault.on('GET', LONG_LIST, {
      json: { status: 'OK', groups: numbers.map((n) => lot(n, n === 6 ? { description: 'Another one', admins: users(['bob']) } : {})) },
    });
    await table(page).locator('tbody').evaluate((body) => {
      window.mutations = [];
      const observer = new MutationObserver((list) => window.mutations.push(...list.map(({ type, attributeName }) => attributeName ?? type)));
      observer.observe(body, { subtree: true, childList: true, attributes: true, characterData: true });
      window.stopWatching = () => observer.disconnect();
    });
    await page.getByRole('button', { name: 'Read again', exact: true }).click();
    await rowOf(link(page, 6)).getByText('Another one', { exact: true }).waitFor();
    await said(page, /· read/).waitFor();
    return page.evaluate(() => {
      window.stopWatching();
      return window.mutations.sort();
    });
  };
  fault.on('GET', LONG_LIST, { json: lots(all.slice(0, 20)) });
  await enter(page);
  const short = await changes(all.slice(0, 100));
  const long = await changes(all);
  assert.deepEqual(long, short);
  // The description, and who manages it.
  assert.deepEqual(short, ['characterData', 'characterData']);
});

journey('a group of 2 000 members: windowed, searched, marked, in pages', {}, async ({ page, fault, axe, shot }) => {
  await open(page, fault);
  await link(page, 3).click();
  await said(page, new RegExp(`^${format(CROWD + 1)} · read`)).waitFor();
  const members = table(page, 'Members');
  assert.equal(await members.getAttribute('aria-rowcount'), String(CROWD + 2));
  assert.ok((await members.locator('tbody tr').count()) < 60);
  await page.keyboard.press('End');
  const last = `person.${four(CROWD - 1)}`;
  await memberRow(page, last).waitFor();
  assert.equal(await memberRow(page, last).getAttribute('aria-rowindex'), String(CROWD + 2));
  expectWhole(await seen(page, 'Members'));
  await shot('long-members');
  await page.keyboard.press('Home');
  const before = await members.elementHandle();
  await page.getByRole('searchbox', { name: 'Search members', exact: true }).fill('RSON.12');
  await said(page, new RegExp(`^100 of ${format(CROWD + 1)}`)).waitFor();
  await soon(async () => (await marked(members)).slice(0, 2), ['rson.12', 'rson.12']);
  assert.ok(await before.evaluate((element) => element.isConnected), 'the table stays, and shows others');
  // What is out of sight is made after what is not.
  await soon(() => members.locator('tbody tr').count(), 100);
  await page.getByRole('searchbox', { name: 'Search members', exact: true }).fill('');
  await inPages(page).check();
  const pages = page.getByRole('navigation', { name: 'Pages of members', exact: true });
  await pages.getByRole('button', { name: 'Next', exact: true }).click();
  await said(pages, /^Page 2 of 21$/).waitFor();
  assert.equal(await members.locator('tbody tr').count(), 100);
  await axe();
});

journey('a role is changed and a person removed far down, and the row says so', {}, async ({ page, fault, shot }) => {
  await open(page, fault);
  await link(page, 3).click();
  const name = 'person.1500';
  await said(page, new RegExp(`^${format(CROWD + 1)} · read`)).waitFor();
  await scrollTo(page, 1500 * 44);
  await memberRow(page, name).waitFor();
  await page.getByRole('button', { name: `Role of ${name}`, exact: true }).click();
  const form = page.getByRole('form', { name: `Role of ${name}`, exact: true });
  await form.getByRole('radio', { name: 'Admin', exact: true }).waitFor();
  await shot('long-role');
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });
  // The server does not know this person: it refuses, in words longer than the row.
  fault.on('DELETE', /members/, { json: { status: 'ERROR', msg: 'No such user here: '.repeat(12).trim() } });
  fault.on('POST', /members/, { json: { status: 'ERROR', msg: 'No such user here: '.repeat(12).trim() } });
  await page.getByRole('button', { name: `Remove ${name}`, exact: true }).click();
  const again = page.getByRole('button', { name: `Retry ${name}`, exact: true });
  await again.waitFor();
  await shot('long-refused');
  // The row opens over the next ones and says all of it; they stay where they are.
  const cell = memberRow(page, name).getByRole('cell').nth(1);
  assert.ok(await cell.evaluate(({ scrollHeight, clientHeight }) => scrollHeight <= clientHeight), 'every word is seen');
  expectWhole((await seen(page, 'Members')).filter(({ name: other }) => other > name));
  const colour = (row) => row.evaluate((element) => getComputedStyle(element).backgroundColor);
  const other = memberRow(page, 'person.1505');
  const plain = await colour(other);
  assert.notEqual(await colour(memberRow(page, name)), plain, 'a row where something went wrong stands out');
  await other.hover();
  await soon(async () => (await colour(other)) !== plain, true);
  await page.getByRole('button', { name: `Dismiss what happened to ${name}`, exact: true }).click();
  await page.getByRole('button', { name: `Remove ${name}`, exact: true }).waitFor();
});
