// The list of groups on Instabase: what it shows, how it is searched and sorted, and how it comes in.
import assert from 'node:assert/strict';
import {
  LONG_LIST, ROOT, allKeys, at, enter, enterUnnamed, groupKeys, groupNames, groupRow, groupRows, meanwhile, openGroup,
  pathOf, people, plainLists, said, soon, warned, writes,
} from './harness/instabase.mjs';
import { TOKENS, journey } from './harness/journey.mjs';
import { copied } from './harness/steps.mjs';

const search = (page) => page.getByRole('searchbox', { name: 'Search groups', exact: true });
const header = (page, name) => page.getByRole('columnheader', { name, exact: true });
const sortBy = (page, name) => header(page, name).getByRole('button', { name, exact: true }).click();
const whole = (page) => said(page, /^36 of 36 · read \d\d:\d\d$/).waitFor();
/** Each column's `aria-sort`, where it has one. */
const sorted = (page) =>
  page.getByRole('columnheader').evaluateAll((all) =>
    Object.fromEntries(all.filter((th) => th.ariaSort).map((th) => [th.innerText.trim(), th.ariaSort])));
const cells = (page, key) => groupRow(page, key).getByRole('cell').allInnerTexts();
/** So many groups, as a list of the contract. */
const many = (n) => ({
  status: 'OK',
  groups: Array.from({ length: n }, (_, i) => ({
    name: `lot_${i + 1}`, full_name: `Lot ${i + 1}`, description: '', admins: [{ type: 'user', name: 'alice' }], members: [],
  })),
});

journey('columns, and counts with narrow spaces between thousands', {}, async ({ page, fault, api, axe }) => {
  await enter(page);
  await whole(page);
  assert.deepEqual(await page.getByRole('columnheader').allInnerTexts(), [
    'Display name', 'Internal name', 'Description', 'People', 'Admins',
  ]);
  assert.equal(await page.title(), 'Groups · Demo Instabase · Muster');
  // Carol is admin and member of it, and one person.
  const row = await cells(page, 'data_science');
  assert.match(row[0], /Data Science/);
  assert.equal(row[1].trim(), 'data_science');
  assert.equal(row[2].trim(), 'Models, notebooks and the people who explain them.');
  assert.equal(row[3].trim(), '6');
  assert.equal(row[4].trim(), 'carol, priya');
  await axe();
  fault.on('GET', LONG_LIST, { json: many(1234) }, { times: 1 });
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  await said(page, /^1\u202f234 of 1\u202f234 · read \d\d:\d\d$/).waitFor();
  await search(page).fill('lot 123');
  await said(page, /^7 of 1\u202f234 · read \d\d:\d\d$/).waitFor();
  await soon(() => groupNames(page), ['Lot 123', 'Lot 1230', 'Lot 1231', 'Lot 1232', 'Lot 1233', 'Lot 1234', 'Lot 1123']);
  assert.equal((await allKeys(api)).length, 36);
});

journey('up to three admins are named, then +N, and none is warned of', {}, async ({ page, api }) => {
  await enter(page);
  await whole(page);
  const { admins } = await people(api, 'infra');
  assert.equal(admins.length, 4);
  assert.equal((await cells(page, 'infra'))[4].trim(), `${admins.slice(0, 3).join(', ')} +1`);
  const three = await people(api, 'research');
  assert.equal((await cells(page, 'research'))[4].trim(), three.admins.join(', '));
  assert.deepEqual((await people(api, 'contractors_2024')).admins, []);
  await groupRow(page, 'contractors_2024').getByRole('cell', { name: 'none', exact: true }).waitFor();
});

journey('search: words in any order, in names and description, accents and case folded', {}, async ({ page, api, axe }) => {
  await enter(page);
  await whole(page);
  const finds = async (typed, keys) => {
    await search(page).fill(typed);
    await soon(() => groupKeys(page), keys, `a search for “${typed}”`);
  };
  await finds('read eu', ['prod_data_eu_read', 'prod_data_eu_read2']);
  await finds('READ us', ['prod_data_us_read']);
  await finds('fridays research', ['research']);
  await finds('equipe PARIS', ['equipe_paris']);
  await finds('ökologie', ['oekologie']);
  await finds('OKOLOGIE', ['oekologie']);
  await finds('sao', ['office_sao_paulo']);
  await finds('東京', ['office_tokyo']);
  await finds('sec_on', ['sec_oncall']);
  await said(page, /^1 of 36 · read \d\d:\d\d$/).waitFor();
  await axe();
  await page.keyboard.press('Escape');
  await whole(page);
  assert.equal((await allKeys(api)).length, 36);
});

journey('search: exact before prefix before inside', {}, async ({ page, api }) => {
  const made = [
    ['aa_xray', 'An X: Xray'], ['ab_described', 'Ab', 'For xray people'], ['xrayers', 'Bb Xrayers'], ['zz_users', 'Xray users'], ['xyz', 'XRAY'],
  ];
  for (const [name, full_name, description] of made) {
    await meanwhile(api, pathOf(name), { body: { full_name, description } });
  }
  await enter(page);
  await search(page).fill('xray');
  // The exact name first; then what begins with it, by name; then the rest, by name.
  await soon(() => groupKeys(page), ['xyz', 'xrayers', 'zz_users', 'ab_described', 'aa_xray']);
  // A chosen column wins over the match.
  await sortBy(page, 'Internal name');
  await soon(() => groupKeys(page), ['aa_xray', 'ab_described', 'xrayers', 'xyz', 'zz_users']);
  assert.equal((await allKeys(api)).length, 36 + made.length);
});

journey('sort by each column: numbers as numbers, aria-sort on that column alone', {}, async ({ page, axe, api }) => {
  await enter(page);
  await whole(page);
  await search(page).fill('team_');
  await sortBy(page, 'Display name');
  await soon(() => groupNames(page), ['Team 1', 'Team 2', 'Team 10']);
  assert.deepEqual(await sorted(page), { 'Display name': 'ascending' });
  await sortBy(page, 'Display name');
  await soon(() => groupNames(page), ['Team 10', 'Team 2', 'Team 1']);
  assert.deepEqual(await sorted(page), { 'Display name': 'descending' });
  await sortBy(page, 'Internal name');
  await soon(() => groupKeys(page), ['Team_1', 'Team_2', 'Team_10']);
  assert.deepEqual(await sorted(page), { 'Internal name': 'ascending' });
  await sortBy(page, 'Description');
  // The first, the second, the tenth.
  await soon(() => groupKeys(page), ['Team_1', 'Team_2', 'Team_10']);
  assert.deepEqual(await sorted(page), { Description: 'ascending' });
  await sortBy(page, 'Description');
  await soon(() => groupKeys(page), ['Team_10', 'Team_2', 'Team_1']);
  await sortBy(page, 'Admins');
  await soon(async () => (await groupKeys(page))[0], 'Team_1');
  assert.deepEqual(await sorted(page), { Admins: 'ascending' });
  await search(page).fill('');
  await sortBy(page, 'People');
  await soon(async () => (await groupKeys(page)).slice(0, 2), ['all_staff', 'prod_data_eu_read']);
  assert.deepEqual(await sorted(page), { People: 'descending' });
  await sortBy(page, 'People');
  await soon(async () => (await groupKeys(page))[0], 'new_project');
  assert.deepEqual(await sorted(page), { People: 'ascending' });
  await axe();
  // Nothing of this is the server's business.
  assert.equal((await people(api, 'new_project')).members.length, 0);
});

journey('only groups I belong to', {}, async ({ page, api, axe }) => {
  await enter(page, 'carol');
  await whole(page);
  await page.getByRole('checkbox', { name: 'Only groups I belong to', exact: true }).check();
  const { body } = await api(`${ROOT}/list?username=carol`);
  const mine = body.groups.map(({ name }) => name).sort();
  await said(page, new RegExp(`^${mine.length} of 36 · read`)).waitFor();
  await soon(async () => (await groupKeys(page)).sort(), mine);
  await page.waitForURL(/[?&]mine=1/);
  await axe();
});

journey('without a username “Only groups I belong to” is off and says why', {}, async ({ page, api }) => {
  await enterUnnamed(page, TOKENS.carol);
  await whole(page);
  await page.getByRole('checkbox', { name: 'Only groups I belong to', exact: true, disabled: true }).waitFor();
  await page.getByText('Off: this connection does not know your username.', { exact: true }).waitFor();
  // A link that asks for it all the same shows every group, not none.
  await page.goto(`${at(page, 'groups')}?mine=1`);
  await whole(page);
  await openGroup(page, 'Engineering');
  assert.equal(await page.getByText('you', { exact: true }).count(), 0);
  assert.ok((await people(api, 'eng_group')).admins.includes('carol'));
});

journey('a username that is in no group is remarked on', {}, async ({ page, api }) => {
  await page.goto('/connect');
  await page.getByRole('textbox', { name: 'Server', exact: true }).fill(new URL(page.url()).origin);
  await page.getByRole('textbox', { name: 'Token', exact: true }).fill(TOKENS.alice);
  await page.getByRole('textbox', { name: 'Your username' }).fill('alcie');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await whole(page);
  await page.getByRole('note').filter({ hasText: '“alcie”, is in none of these groups' }).waitFor();
  assert.equal((await api(`${ROOT}/list?username=alcie`)).body.groups.length, 0);
});

journey('everything is in the URL: restored by reload, by the link, and by back from a group', {}, async ({ page, api }) => {
  await enter(page);
  await whole(page);
  await search(page).fill('Data e');
  await sortBy(page, 'People');
  await page.getByRole('checkbox', { name: 'Only groups I belong to', exact: true }).check();
  await page.getByRole('checkbox', { name: 'Only groups I belong to', exact: true }).uncheck();
  await sortBy(page, 'People');
  const keys = ['prod_data_eu_write', 'data_science', 'prod_data_eu_read2', 'prod_data_us_read', 'prod_data_eu_read'];
  const found = () => groupKeys(page);
  const expected = keys;
  await soon(found, expected);
  const asked = () => Object.fromEntries(new URL(page.url()).searchParams);
  await soon(asked, { q: 'Data e', sort: 'people' });
  const restored = async (what) => {
    await soon(found, expected, what);
    assert.equal(await search(page).inputValue(), 'Data e', what);
    assert.deepEqual(await sorted(page), { People: 'ascending' }, what);
    assert.deepEqual(asked(), { q: 'Data e', sort: 'people' }, what);
  };
  await page.reload();
  await restored('after a reload');
  await openGroup(page, 'Data Science');
  await page.goBack();
  await restored('after going back');
  // The other direction, and the filter.
  await sortBy(page, 'People');
  await page.getByRole('checkbox', { name: 'Only groups I belong to', exact: true }).check();
  await soon(asked, { q: 'Data e', sort: 'people', dir: 'desc', mine: '1' });
  await page.reload();
  await page.getByRole('heading', { name: 'No group matches', exact: true }).waitFor();
  assert.ok(await page.getByRole('checkbox', { name: 'Only groups I belong to', exact: true }).isChecked());
  assert.ok(!(await people(api, 'data_science')).members.includes('alice'));
});

journey('no match is not emptiness, and “Clear search” brings all back', {}, async ({ page, api, axe }) => {
  await enter(page);
  await whole(page);
  await page.getByRole('checkbox', { name: 'Only groups I belong to', exact: true }).check();
  await search(page).fill('no such thing');
  const state = said(page, 'No group matches');
  await state.waitFor();
  await said(page, /^0 of 36 · read/).waitFor();
  assert.equal(await page.getByText('No groups yet').count(), 0);
  await axe();
  await state.getByRole('button', { name: 'Clear search', exact: true }).click();
  await whole(page);
  assert.equal(await search(page).inputValue(), '');
  assert.equal((await allKeys(api)).length, 36);
});

journey('a key is copied whole', {}, async ({ page, context, api }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await enter(page);
  await page.getByRole('button', { name: 'Copy prod_data_eu_read2', exact: true }).click();
  await said(page, /^Copied$/).waitFor();
  const key = await copied(page);
  assert.equal(key, 'prod_data_eu_read2');
  assert.ok((await allKeys(api)).includes(key));
});

/** Tab until this has the focus. */
async function tabTo(page, target) {
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail('the keyboard does not get there');
}

journey('with the keyboard alone: from the search into a group', {}, async ({ page, api }) => {
  await enter(page);
  await whole(page);
  await tabTo(page, search(page));
  await page.keyboard.type('movie');
  await said(page, /^1 of 36/).waitFor();
  await tabTo(page, page.getByRole('link', { name: 'Movie Night', exact: true }));
  await page.keyboard.press('Enter');
  const heading = page.getByRole('heading', { name: 'Movie Night', exact: true, level: 1 });
  await heading.waitFor();
  // One is where the new page begins.
  await soon(() => heading.evaluate((element) => element === document.activeElement), true, 'the heading has the focus');
  assert.deepEqual((await people(api, 'movie_night')).admins, ['yara']);
});

journey('a list that arrives slowly: what has come is shown, with “so far”', {}, async ({ page, fault, api }) => {
  // The first group alone is half of it.
  fault.on('GET', LONG_LIST, { slow: 250, pieces: 24 });
  await enter(page);
  const line = said(page, /^\d+ so far$/);
  await line.waitFor();
  const soFar = Number((await line.innerText()).split(' ')[0]);
  assert.ok(soFar > 0 && soFar < 36, `${soFar} so far`);
  await page.getByRole('link', { name: 'All Staff', exact: true }).waitFor();
  await whole(page);
  assert.equal(await page.getByText('so far').count(), 0);
  assert.equal((await allKeys(api)).length, 36);
});

journey('no byte for 700 ms: the plain list is asked for too, and the long one completes it', {}, async ({ page, fault, api }) => {
  fault.on('GET', LONG_LIST, { delay: 3000 });
  await enter(page);
  await said(page, /^36 so far$/).waitFor();
  assert.equal(plainLists(fault), 1);
  // Names are there; who is in them is not known yet, and nobody says that it is nobody.
  assert.equal((await cells(page, 'infra'))[3].trim(), '…');
  assert.equal((await cells(page, 'infra'))[4].trim(), 'not said');
  await whole(page);
  assert.equal((await cells(page, 'infra'))[3].trim(), '14');
  assert.equal(plainLists(fault), 1);
  assert.equal((await allKeys(api)).length, 36);
});

journey('a list whose bytes have begun to come is not asked for a second time', {}, async ({ page, fault, api }) => {
  // A piece every 350 ms; the first group is long, and is whole long after 700 ms.
  fault.on('GET', LONG_LIST, { slow: 350, pieces: 16 });
  await enter(page);
  await whole(page);
  assert.equal(plainLists(fault), 0);
  assert.equal((await allKeys(api)).length, 36);
});

journey('a quick list is asked for once', {}, async ({ page, fault, api }) => {
  await enter(page);
  await whole(page);
  assert.equal(plainLists(fault), 0);
  assert.equal(fault.log.filter(({ path }) => LONG_LIST.test(path)).length, 1);
  assert.equal((await allKeys(api)).length, 36);
});

journey('a list that breaks off says so, and “Try again” completes it', {}, async ({ page, fault, api, expectRefused, axe }) => {
  expectRefused('network');
  fault.on('GET', LONG_LIST, { truncate: 20_000, slow: 100, pieces: 4 }, { times: 1 });
  await enter(page);
  const alert = warned(page, 'The list is not complete');
  await alert.waitFor();
  await said(page, /^\d+ so far$/).waitFor();
  assert.ok((await groupRows(page).count()) > 0);
  await axe();
  await alert.getByRole('button', { name: 'Try again', exact: true }).click();
  await whole(page);
  await alert.waitFor({ state: 'detached' });
  assert.equal((await allKeys(api)).length, 36);
});

journey('reading again that fails keeps the old rows and says so', {}, async ({ page, fault, api, expectRefused }) => {
  await enter(page);
  await whole(page);
  expectRefused(500);
  const broken = fault.on('GET', LONG_LIST, { status: 500 });
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  await warned(page, 'HTTP 500').waitFor();
  assert.equal(await groupRows(page).count(), 36);
  broken.off();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await whole(page);
  assert.equal((await allKeys(api)).length, 36);
});

journey('one bad group among many is reported and the rest shown (Kanidm: those that fail to convert vanish)', {}, async ({ page, fault, api, axe }) => {
  const { body } = await api(`${ROOT}/list?get_members=true`);
  body.groups.splice(3, 0, { name: 'odd_one', full_name: { en: 'Odd' }, admins: [], members: [] });
  fault.on('GET', LONG_LIST, { json: body });
  await enter(page);
  await whole(page);
  const note = page.getByRole('note').filter({ hasText: '1 group could not be understood and cannot be shown.' });
  await note.waitFor();
  await note.getByText('Which, and why', { exact: true }).click();
  await note.getByText('odd_one').waitFor();
  await axe();
  assert.ok(!(await allKeys(api)).includes('odd_one'));
});

for (const [what, broken, words, status] of [
  ['a server fault', { status: 500 }, 'HTTP 500', 500],
  ['a refusal with HTTP 200', { json: { status: 'ERROR', msg: 'Token expired' } }, 'Token expired'],
  ['403: one stays, and is not sent to sign in (Kellnr)', { status: 403, body: { status: 'ERROR', msg: 'No' } }, 'Your account may not do this', 403],
  ['a list that is no list', { json: { status: 'OK', groups: { a: 1 } } }, 'a list of groups'],
]) {
  journey(`a failed list is not an empty one (Kellnr, lapdev), nor a reload of the page (FreeIPA): ${what}`, {}, async ({ page, fault, api, expectRefused, axe }) => {
    if (status) expectRefused(status);
    const fault500 = fault.on('GET', LONG_LIST, broken);
    await enter(page);
    const alert = warned(page, words);
    await alert.getByRole('heading', { name: 'The groups could not be read', exact: true }).waitFor();
    assert.equal(await page.getByText('No groups yet').count(), 0);
    assert.equal(await page.getByText('No group matches').count(), 0);
    assert.equal(await page.getByRole('dialog').count(), 0);
    await axe();
    fault500.off();
    const loads = fault.log.filter(({ path }) => path.endsWith('.wasm')).length;
    await alert.getByRole('button', { name: 'Try again', exact: true }).click();
    await whole(page);
    assert.equal(fault.log.filter(({ path }) => path.endsWith('.wasm')).length, loads);
    assert.equal((await allKeys(api)).length, 36);
  });
}

journey('no groups at all: it says so, and what to do next', {}, async ({ page, fault, api, axe }) => {
  fault.on('GET', LONG_LIST, { json: { status: 'OK', groups: [] } });
  await enter(page);
  const state = said(page, 'No groups yet');
  await state.waitFor();
  await axe();
  await state.getByRole('link', { name: 'New group', exact: true }).click();
  await page.getByRole('heading', { name: 'New group', exact: true, level: 1 }).waitFor();
  assert.equal((await allKeys(api)).length, 36);
});

journey('a search typed while the list loads is not dropped (authentik)', {}, async ({ page, fault, api }) => {
  // Neither list comes for a while.
  fault.on('GET', LONG_LIST, { delay: 2500 });
  fault.on('GET', /\/list$/, { hang: true });
  await enter(page);
  await search(page).pressSequentially('movie');
  await said(page, /^Reading…$/).waitFor();
  await said(page, /^1 of 36 · read/).waitFor();
  assert.equal(await search(page).inputValue(), 'movie');
  await soon(() => groupNames(page), ['Movie Night']);
  assert.ok((await allKeys(api)).includes('movie_night'));
});

journey('a new search starts at the top (Keycloak keeps the old page)', {}, async ({ page, fault, api }) => {
  fault.on('GET', LONG_LIST, { json: many(1234) });
  await enter(page);
  await said(page, /^1\u202f234 of/).waitFor();
  await page.getByRole('link', { name: 'Lot 1', exact: true }).waitFor();
  await page.evaluate(() => window.scrollTo(0, 20_000));
  await page.getByRole('link', { name: 'Lot 460', exact: true }).waitFor();
  await sortBy(page, 'Internal name');
  // Rows out of sight show what they showed before, for a frame or two.
  const first = page.getByRole('table', { name: 'Groups' }).getByRole('link', { name: 'Lot 1', exact: true });
  await soon(() => first.count(), 1, 'the first row is there once');
  const place = await first.boundingBox();
  assert.ok(place.y > 0 && place.y < page.viewportSize().height, 'the first row is seen');
  assert.ok((await page.evaluate(() => window.scrollY)) < 500);
  assert.equal((await allKeys(api)).length, 36);
});

journey('in dark, on a phone: search and open', { viewport: 'phone', colorScheme: 'dark' }, async ({ page, api, axe }) => {
  await enter(page);
  await whole(page);
  await search(page).fill('infra');
  await groupRow(page, 'infra').getByText('14 people', { exact: true }).waitFor();
  await axe();
  await openGroup(page, 'Infrastructure');
  assert.equal((await people(api, 'infra')).admins.length, 4);
});

journey('the groups under the other answers', { quirks: true }, async ({ page, api, fault }) => {
  await enter(page);
  await whole(page);
  // Admins are listed as members too, and counted once.
  const { admins, members } = await people(api, 'infra');
  assert.ok(admins.every((name) => members.includes(name)));
  assert.equal((await cells(page, 'infra'))[3].trim(), String(members.length));
  assert.equal(writes(fault).length, 0);
});
