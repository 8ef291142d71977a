// Lists of groups that want a hand: chips over the groups, each a filter that the address names.
import assert from 'node:assert/strict';
import { LONG_LIST, ROOT, at, changeRole, enter, groupKeys, openGroup, people, said, soon, warned } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { groupsAreRead } from './harness/steps.mjs';

const chips = (page) => page.getByRole('group', { name: 'Show only', exact: true });
const chip = (page, name) => chips(page).getByRole('button', { name, exact: true });
const names = async (page) => (await chips(page).getByRole('button').allInnerTexts()).map((text) => text.trim().replace(/\s+/g, ' '));
const pressed = (page) => chips(page).getByRole('button', { pressed: true }).count();
const search = (page) => page.getByRole('searchbox', { name: 'Search groups', exact: true });
const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Which groups are in which list, as these groups say. */
function lists(groups) {
  const keys = (of) => groups.filter(of).map(({ name }) => name).sort();
  const called = (one) => groups.filter((other) => fold(other.full_name) === fold(one.full_name)).length;
  return {
    'No admin': keys(({ admins }) => admins?.length === 0),
    'One admin': keys(({ admins }) => admins?.length === 1),
    Empty: keys(({ admins, members }) => admins?.length === 0 && members?.length === 0),
    'Same name': keys((one) => called(one) > 1),
    'No description': keys(({ description }) => !description),
  };
}
const figures = (found, more = '') => Object.entries(found).map(([name, keys]) => `${name} ${keys.length}${more}`);
const onServer = async (api) => (await api(`${ROOT}/list?get_members=true`)).body.groups;
const shownAre = (page, keys) => soon(async () => (await groupKeys(page)).sort(), keys);

for (const viewport of ['wide', 'phone']) {
  journey(`each list with its count, in the address, with search and sort (${viewport})`, { viewport }, async ({ page, api, axe, shot }) => {
    await enter(page);
    await groupsAreRead(page);
    const found = lists(await onServer(api));
    await soon(() => names(page), figures(found));
    await shot(`work-lists-${viewport}`);
    for (const [name, keys] of Object.entries(found)) {
      assert.ok(keys.length > 0, `the demo has a group for “${name}”`);
      await chip(page, `${name} ${keys.length}`).click();
      await shownAre(page, keys);
      await said(page, new RegExp(`^${keys.length} of 36 · read`)).waitFor();
      assert.equal(await pressed(page), 1);
    }
    await page.waitForURL(/[?&]list=no-description(&|$)/);
    await chip(page, `Same name ${found['Same name'].length}`).click();
    await page.waitForURL(/[?&]list=same-name(&|$)/);
    // With words, and by a column.
    await search(page).fill('prod eu');
    const both = found['Same name'].filter((key) => /prod.*eu/.test(key));
    assert.equal(both.length, 2);
    await shownAre(page, both);
    await page.getByRole('columnheader', { name: 'Internal name', exact: true }).getByRole('button').click();
    await page.getByRole('columnheader', { name: 'Internal name', exact: true }).getByRole('button').click();
    await soon(() => groupKeys(page), both.toReversed());
    await axe();
    await page.reload();
    await groupsAreRead(page);
    await soon(() => groupKeys(page), both.toReversed());
    // They come a little later than the rows.
    await soon(() => names(page), figures(found), 'the counts are those of all groups');
    assert.equal(await pressed(page), 1);
    // Nothing matches: one press takes all filters away.
    await search(page).fill('no such group');
    await page.getByRole('heading', { name: 'No group matches' }).waitFor();
    await shot(`work-lists-none-${viewport}`);
    await page.getByRole('button', { name: 'Clear search', exact: true }).last().click();
    await said(page, /^36 of 36 · read/).waitFor();
    assert.equal(await pressed(page), 0);
    await page.waitForURL((url) => !url.searchParams.has('list') && !url.searchParams.has('q'));
    // Pressed again, it lets go.
    await chip(page, `Empty ${found.Empty.length}`).press('Enter');
    await shownAre(page, found.Empty);
    await chip(page, `Empty ${found.Empty.length}`).press('Space');
    await said(page, /^36 of 36 · read/).waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.equal(wide, false, 'nothing is cut off at the side');
  });
}

journey('from the list to the fix, and back to what is left', {}, async ({ page, api }) => {
  await enter(page);
  await groupsAreRead(page);
  const before = lists(await onServer(api));
  await chip(page, `No admin ${before['No admin'].length}`).click();
  await shownAre(page, before['No admin']);
  await page.getByRole('searchbox').fill('prod_data_eu_read2');
  await openGroup(page, 'PE Prod Data EU Read');
  await changeRole(page, 'dave', 'Admin');
  await page.getByText(/^role changed \d\d:\d\d$/).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'No group matches' }).waitFor();
  await page.getByRole('searchbox').fill('');
  const after = lists(await onServer(api));
  assert.deepEqual(after['No admin'], before['No admin'].filter((key) => key !== 'prod_data_eu_read2'));
  await soon(() => names(page), figures(after));
  await shownAre(page, after['No admin']);
  assert.deepEqual((await people(api, 'prod_data_eu_read2')).admins, ['dave']);
});

journey('of a list that is not whole only what came is counted', {}, async ({ page, api, fault, expectRefused, axe, shot }) => {
  const hung = fault.on('GET', LONG_LIST, { hang: true });
  const plain = fault.on('GET', /\/list$/, { hang: true });
  await enter(page);
  await chip(page, 'No admin').waitFor();
  const bare = ['No admin', 'One admin', 'Empty', 'Same name', 'No description'];
  assert.deepEqual(await names(page), bare, 'nothing came, and nothing is counted');
  hung.off();
  plain.off();
  // It breaks off, each time it is tried.
  expectRefused('network');
  const whole = await onServer(api);
  const body = JSON.stringify({ groups: whole });
  const cut = body.indexOf(`{"name":${JSON.stringify(whole[20].name)}`);
  const broken = fault.on('GET', LONG_LIST, { truncate: cut > 0 ? Math.round(cut * 0.9) : 3000, slow: 60, pieces: 4 });
  await page.reload();
  await warned(page, 'The list is not complete').waitFor();
  const count = Number((await said(page, /^\d+ so far$/).innerText()).match(/\d+/)[0]);
  await soon(async () => (await groupKeys(page)).length, count);
  const came = new Set(await groupKeys(page));
  assert.ok(came.size > 2 && came.size < 36);
  const some = lists(whole.filter(({ name }) => came.has(name)));
  await soon(() => names(page), figures(some, ' so far'));
  await shot('work-lists-so-far');
  await axe();
  broken.off();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await groupsAreRead(page);
  await soon(() => names(page), figures(lists(whole)));
});

journey('what nobody says is counted nowhere, and a list with nothing in it is no way', {}, async ({ page, fault, axe }) => {
  const group = (name, more) => ({ name, full_name: name, description: 'x', ...more });
  const admins = [{ type: 'user', name: 'alice' }, { type: 'user', name: 'bob' }];
  const one = fault.on('GET', LONG_LIST, {
    json: { status: 'OK', groups: [group('said', { admins, members: [] }), group('unsaid'), group('unsaid_too')] },
  });
  await enter(page);
  await groupsAreRead(page);
  await soon(() => names(page), ['No admin 0', 'One admin 0', 'Empty 0', 'Same name 0', 'No description 0']);
  await page.getByText('Of 2 groups the server does not say who is in them.', { exact: true }).waitFor();
  const idle = chip(page, 'Empty 0');
  assert.equal(await idle.getAttribute('aria-disabled'), 'true');
  await idle.click({ force: true });
  assert.equal(await pressed(page), 0);
  assert.equal((await groupKeys(page)).length, 3);
  await axe();
  one.off();
  // A list that there is not is no filter; nor does a bad word break the page.
  await page.goto(`${at(page, 'groups')}?list=nonsense`);
  await said(page, /^36 of 36 · read/).waitFor();
  assert.equal(await pressed(page), 0);
});

for (const viewport of ['wide', 'phone']) {
  journey(`snip: only lists that can be otherwise (${viewport})`, { viewport }, async ({ page, api, shot }) => {
    await connect(page, { system: 'snip', user: 'carol' });
    await groupsAreRead(page);
    const { body } = await api('/api/account/groups', { token: TOKENS.carol });
    const same = body.filter((one) => body.filter((other) => fold(other.name) === fold(one.name)).length > 1);
    const silent = body.filter(({ description }) => !description);
    await soon(() => names(page), [`Same name ${same.length}`, `No description ${silent.length}`]);
    await chip(page, `Same name ${same.length}`).click();
    await soon(async () => (await groupKeys(page)).map(Number).sort((a, b) => a - b), same.map(({ id }) => id));
    await shot(`work-lists-snip-${viewport}`);
    await page.goto(`${at(page, 'groups')}?list=no-admin`);
    await said(page, /^7 of 7 you are in · read/).waitFor();
    assert.equal(await pressed(page), 0);
  });
}
