// snip's list of groups: those the token's user is in, with their numbers where names repeat; and a new group.
import assert from 'node:assert/strict';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { baseOf, described, field, fillConnection, groupsAreRead, row } from './harness/steps.mjs';

const ROOT = '/api/account/groups';

/** The texts of a column, from the top. */
async function column(page, name) {
  const heads = await page.getByRole('columnheader').allInnerTexts();
  const place = heads.findIndex((head) => head.trim() === name);
  assert.notEqual(place, -1, `no column ${name} among ${heads.join(', ')}`);
  const rows = page.getByRole('table', { name: 'Groups' }).getByRole('row').filter({ has: page.getByRole('cell') });
  const cells = [];
  for (const one of await rows.all()) cells.push((await one.getByRole('cell').nth(place).innerText()).trim());
  return cells;
}

async function groups(page, user) {
  await connect(page, { system: 'snip', user });
  await groupsAreRead(page);
}

for (const quirks of [false, true]) {
  journey(`the groups I am in, each with its number (quirks: ${quirks})`, { quirks }, async ({ page, api }) => {
    await groups(page, 'carol');
    const { body } = await api(ROOT, { token: TOKENS.carol });
    await page.getByRole('status').filter({ hasText: /^7 of 7 you are in · read \d\d:\d\d$/ }).waitFor();
    assert.equal(body.length, 7);
    const heads = await page.getByRole('columnheader').allInnerTexts();
    assert.deepEqual(heads.map((head) => head.trim()), ['Display name', 'ID', 'Description', 'People', 'Owner', 'Updated']);
    const shown = (await column(page, 'ID')).map(Number);
    assert.deepEqual(shown.toSorted((a, b) => a - b), body.map(({ id }) => id));
    const names = await column(page, 'Display name');
    assert.equal(names.filter((name) => name.endsWith('Test Group')).length, 3, 'names repeat');
    for (const { id, members, description } of body) {
      const cells = row(page, `Copy ${id}`);
      assert.ok((await cells.count()) <= 1);
      const place = shown.indexOf(id);
      assert.equal((await column(page, 'People'))[place], String(members.length));
      assert.equal((await column(page, 'Description'))[place], description ?? '');
      const owner = members.find(({ role }) => role === 'owner').emails[0];
      assert.equal((await column(page, 'Owner'))[place], owner);
    }
    assert.equal(await page.getByRole('checkbox', { name: 'Only groups I belong to' }).count(), 0);
  });
}

journey('a username means nothing on snip, so nothing is said of it', {}, async ({ page }) => {
  await groups(page, 'carol');
  assert.equal(await page.getByRole('main').getByText(/username/).count(), 0);
  await page.goto('/connect?system=snip');
  await page.getByRole('button', { name: 'Try as carol' }).waitFor();
  assert.equal(await field(page, 'Your username').count(), 0);
});

journey('the column Updated sorts, the newest first, and stays after a reload', {}, async ({ page, api }) => {
  await groups(page, 'carol');
  const { body } = await api(ROOT, { token: TOKENS.carol });
  const newest = body.toSorted((a, b) => b.last_updated.localeCompare(a.last_updated)).map(({ id }) => String(id));
  const head = page.getByRole('columnheader', { name: 'Updated' });
  await head.getByRole('button').click();
  assert.equal(await head.getAttribute('aria-sort'), 'descending');
  assert.deepEqual(await column(page, 'ID'), newest);
  await page.waitForURL(/sort=updated/);
  await page.waitForURL(/dir=desc/);
  await page.reload();
  await groupsAreRead(page);
  assert.deepEqual(await column(page, 'ID'), newest);
  assert.equal(await head.getAttribute('aria-sort'), 'descending');
  await head.getByRole('button').press('Enter');
  assert.equal(await head.getAttribute('aria-sort'), 'ascending');
  assert.deepEqual(await column(page, 'ID'), newest.toReversed());
  const sorted = page.getByRole('columnheader');
  const states = await sorted.evaluateAll((heads) => heads.filter((one) => one.ariaSort).length);
  assert.equal(states, 1);
});

journey('search finds words in any order, with and without their accents', {}, async ({ page, axe }) => {
  await groups(page, 'carol');
  const search = page.getByRole('searchbox', { name: 'Search groups' });
  const status = (words) => page.getByRole('main').getByRole('status').filter({ hasText: words }).first().waitFor();
  await search.fill('phase TOMO');
  await status(/^1 of 7 you are in/);
  await page.getByRole('link', { name: 'Tomographie à contraste de phase' }).waitFor();
  await search.fill('rontgen');
  await status(/^1 of 7 you are in/);
  await search.fill('no such group');
  await page.getByRole('heading', { name: 'No group matches' }).waitFor();
  await axe();
  await page.getByRole('button', { name: 'Clear search' }).last().click();
  await status(/^7 of 7 you are in/);
  assert.equal(await search.inputValue(), '');
});

journey('on a phone every group is there with its number, owner and date', { viewport: 'phone' }, async ({ page }) => {
  await groups(page, 'carol');
  const cards = page.getByRole('table', { name: 'Groups' }).getByRole('row').filter({ hasText: 'Test Group' });
  assert.equal(await cards.count(), 3);
  await cards.first().getByText('carol@example.com').waitFor();
  await cards.first().getByText('4 Oct 2025').waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  assert.equal(wide, false, 'nothing is cut off at the side');
  await cards.nth(2).getByRole('link', { name: 'Test Group' }).click();
  await page.getByRole('heading', { name: 'Test Group', level: 1 }).waitFor();
  assert.match(page.url(), /\/groups\/5$/);
});

journey('in no group yet: the page says so, and what to do', {}, async ({ page, server, fault }) => {
  await server.run('user', 'add', 'erin', '--email', 'erin@example.com');
  const token = await server.run('token', 'create', 'erin');
  await page.goto('/connect');
  await fillConnection(page, { system: 'snip', server: fault.url, token, name: 'Erin' });
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: 'No groups yet' }).waitFor();
  await page.getByText('You are in no group yet.').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'New group' }).last().click();
  await page.getByRole('heading', { name: 'New group', level: 1 }).waitFor();
});

/** Opens the form for a new group and fills it in. */
async function newGroup(page, name, description) {
  await groups(page, 'carol');
  await page.getByRole('link', { name: 'New group' }).click();
  await page.getByRole('heading', { name: 'New group', level: 1 }).waitFor();
  await page.getByRole('textbox', { name: 'Display name' }).fill(name);
  await field(page, 'Description').fill(description);
}

const made = async (api, name) => (await api(ROOT, { token: TOKENS.carol })).body.filter((group) => group.name === name);

for (const quirks of [false, true]) {
  journey(`a group with a description is made by two calls and one press (quirks: ${quirks})`, { quirks }, async (t) => {
    const { page, fault, api } = t;
    await newGroup(page, ' Beamline 12 ', 'Who measures when.');
    await page.getByRole('button', { name: 'Create group' }).click();
    await page.getByRole('heading', { name: 'Beamline 12', exact: true, level: 1 }).waitFor();
    await page.getByRole('status').filter({ hasText: '“Beamline 12” was made.' }).waitFor();
    await page.getByText('Who measures when.', { exact: true }).waitFor();
    await row(page, 'carol@example.com').getByRole('cell', { name: 'Owner', exact: true }).waitFor();
    const writes = fault.log.filter(({ method }) => method !== 'GET');
    assert.deepEqual(
      writes.map(({ method, body }) => [method, JSON.parse(body)]),
      [['POST', { name: 'Beamline 12' }], ['PATCH', { description: 'Who measures when.' }]],
    );
    const [group, ...more] = await made(api, 'Beamline 12');
    assert.equal(group.description, 'Who measures when.');
    assert.deepEqual(more, []);
    assert.match(page.url(), new RegExp(`/groups/${group.id}$`));
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Groups' }).click();
    await page.getByRole('status').filter({ hasText: /^8 of 8 you are in/ }).waitFor();
  });
}

for (const [how, faulty, expected] of [
  ['fails', { status: 500, body: { message: 'Disk full.' } }, 500],
  ['is refused', { status: 400, body: { message: 'No descriptions on Sundays.' } }, 400],
  ['gets no answer', { refuse: true }, 'network'],
]) {
  journey(`a group is made and its description ${how}: both are told, and Settings sends it again`, {}, async (t) => {
    const { page, fault, api, axe, expectRefused } = t;
    await newGroup(page, 'Half made', 'The second half.');
    expectRefused(expected);
    const once = fault.on('PATCH', /^\/api\/account\/groups\/\d+$/, faulty, { times: 1 });
    await page.getByRole('button', { name: 'Create group' }).click();
    const told = page.getByRole('main').getByText(/“Half made” was made\. Its description was not set/);
    await told.waitFor();
    assert.equal(once.seen, 1);
    const words = await told.innerText();
    if (faulty.body) assert.match(words, new RegExp(faulty.body.message));
    else assert.match(words, /could not be reached/);
    const [group] = await made(api, 'Half made');
    assert.equal(group.description, null);
    assert.match(page.url(), new RegExp(`/groups/${group.id}/settings$`));
    assert.equal(await field(page, 'Description').inputValue(), 'The second half.');
    await axe();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('status').filter({ hasText: /^Saved \d\d:\d\d$/ }).waitFor();
    const groupsNow = await made(api, 'Half made');
    assert.deepEqual(groupsNow.map(({ description }) => description), ['The second half.']);
  });
}

journey('a group whose creation gets no answer is not made twice unasked', {}, async ({ page, fault, api, expectRefused }) => {
  await newGroup(page, 'Perhaps', 'Kept.');
  expectRefused('network', ROOT);
  fault.on('POST', ROOT, { lose: true }, { times: 1 });
  await page.getByRole('button', { name: 'Create group' }).click();
  // Names repeat on snip, so no read can prove whose group it is.
  await page.getByRole('alert').filter({ hasText: 'It is not known whether this was done' }).waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Display name' }).inputValue(), 'Perhaps');
  assert.equal(await field(page, 'Description').inputValue(), 'Kept.');
  assert.equal(fault.log.filter(({ method }) => method === 'POST').length, 1);
  assert.equal((await made(api, 'Perhaps')).length, 1);
  // The list shows it.
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Read again' }).click();
  await page.getByRole('link', { name: 'Perhaps', exact: true }).waitFor();
});

journey('a name of two letters is refused beside its field, before anything is sent', {}, async ({ page, fault, api, axe }) => {
  await newGroup(page, 'ab', 'Kept.');
  const name = page.getByRole('textbox', { name: 'Display name' });
  await page.getByRole('button', { name: 'Create group' }).click();
  await page.getByText('Use at least 3 characters; this has 2.').waitFor();
  assert.match(await described(name), /Use at least 3 characters/);
  assert.equal(await name.getAttribute('aria-invalid'), 'true');
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
  await axe();
  await name.fill('x'.repeat(256));
  assert.equal(await name.getAttribute('aria-invalid'), null);
  await page.getByRole('button', { name: 'Create group' }).click();
  await page.getByText('Use at most 255 characters; this has 256.').waitFor();
  assert.deepEqual(fault.log.filter(({ method }) => method !== 'GET'), []);
  await name.fill('abc');
  await page.getByRole('button', { name: 'Create group' }).click();
  await page.getByRole('heading', { name: 'abc', level: 1 }).waitFor();
  assert.equal((await made(api, 'abc'))[0].description, 'Kept.');
});

journey('a group of a name that exists already is made, and told apart by its number', {}, async ({ page, api }) => {
  await newGroup(page, 'Test Group', '');
  await page.getByRole('button', { name: 'Create group' }).click();
  await page.getByRole('heading', { name: 'Test Group', level: 1 }).waitFor();
  const id = new URL(page.url()).pathname.split('/').pop();
  await page.getByText(id, { exact: true }).waitFor();
  assert.equal((await made(api, 'Test Group')).length, 4);
  await page.goto(`${baseOf(page)}/groups`);
  await groupsAreRead(page);
  assert.ok((await column(page, 'ID')).includes(id));
});

journey('a group deleted by somebody else is gone from the list at the next reading', {}, async ({ page, api }) => {
  await groups(page, 'carol');
  await page.getByRole('link', { name: 'Röntgenphysik' }).waitFor();
  assert.equal((await api(`${ROOT}/7`, { method: 'DELETE', token: TOKENS.bob })).status, 204);
  await page.getByRole('button', { name: 'Read again' }).click();
  await page.getByRole('status').filter({ hasText: /^6 of 6 you are in/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Röntgenphysik' }).count(), 0);
});
