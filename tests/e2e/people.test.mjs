// People: everybody known here, any name, and the page of one person.
import assert from 'node:assert/strict';
import { LONG_LIST, ROOT, at, enter, meanwhile, memberRow, membersOf, openGroup, pathOf, said, soon, warned } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { groupsAreRead } from './harness/steps.mjs';

const SNIP = '/api/account/groups';
const search = (page) => page.getByRole('searchbox', { name: 'Search people', exact: true });
const table = (page) => page.getByRole('table', { name: 'People', exact: true });
const groupsOf = (page, name) => page.getByRole('table', { name: `Groups of ${name}`, exact: true });
const heading = (page, name) => page.getByRole('heading', { name, exact: true, level: 1 });
/** The texts of a table's rows, cell by cell. */
const cells = (within) =>
  within.getByRole('row').filter({ has: within.page().getByRole('link') }).evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll('[role=cell]')].map((cell) =>
      [...cell.querySelectorAll('.on-phone, .avatar, .sr-only, .badge')].reduce((text, one) => text.replace(one.textContent, ''), cell.textContent).trim())));
const names = (page) => table(page).getByRole('link').allInnerTexts();
const sortBy = (page, name) => page.getByRole('columnheader', { name, exact: true }).getByRole('button').click();
const OF = (name) => new RegExp(`/list\\?get_members=true&username=${name}$`);

/** More than half of the bytes of a reply, in the midst of a group. */
const partOf = async (api, what, part = 0.85) => Math.round(JSON.stringify((await api(`${ROOT}/${what}`)).body).length * part);

/** Goes to the people by the bar's link. */
async function toPeople(page, viewport = 'wide') {
  if (viewport === 'phone') await page.getByRole('button', { name: 'Menu', exact: true }).click();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People', exact: true }).click();
  await heading(page, 'People').waitFor();
}

/** Each person on the server: in how many groups, admin of how many. */
async function onServer(api) {
  const { body } = await api(`${ROOT}/list?get_members=true`);
  const people = new Map();
  for (const { admins, members } of body.groups) {
    const lead = new Set(admins.map(({ name }) => name));
    for (const name of new Set([...lead, ...members.map(({ name }) => name)])) {
      const [groups, leads] = people.get(name) ?? [0, 0];
      people.set(name, [groups + 1, leads + (lead.has(name) ? 1 : 0)]);
    }
  }
  return people;
}

/** The groups of a person on the server: internal name and roles. */
async function heldBy(api, who) {
  const { body } = await api(`${ROOT}/list?get_members=true`);
  const has = (list) => list.some(({ name }) => name === who);
  return body.groups
    .filter(({ admins, members }) => has(admins) || has(members))
    .map(({ name, admins, members }) => [name, [has(admins) && 'Admin', has(members) && 'Member'].filter(Boolean).join(', ')])
    .sort();
}
const shownHeld = async (page, name) => (await cells(groupsOf(page, name))).map(([, key, role]) => [key, role]).sort();

for (const viewport of ['wide', 'phone']) {
  for (const colorScheme of ['light', 'dark']) {
    journey(`everybody: counts, search, sort, in the address (${viewport}, ${colorScheme})`, { viewport, colorScheme }, async ({ page, api, axe, shot }) => {
      await enter(page);
      await groupsAreRead(page);
      await toPeople(page, viewport);
      assert.equal(await page.title(), 'People · Demo Instabase · Muster');
      if (viewport === 'wide') {
        const bar = page.getByRole('navigation', { name: 'Main' });
        assert.equal(await bar.getByRole('link', { name: 'People' }).getAttribute('aria-current'), 'page');
        assert.equal(await bar.getByRole('link', { name: 'Groups' }).getAttribute('aria-current'), null);
      }
      const all = await onServer(api);
      await said(page, new RegExp(`^${all.size} of ${all.size} · read \\d\\d:\\d\\d$`)).waitFor();
      assert.deepEqual((await page.getByRole('columnheader').allInnerTexts()).map((text) => text.trim()), ['Person', 'Groups', 'Admin of']);
      await shot(`people-${viewport}-${colorScheme}`);
      await sortBy(page, 'Groups');
      const most = [...all].sort(([a, [n]], [b, [m]]) => m - n || a.localeCompare(b))[0];
      await soon(async () => (await cells(table(page)))[0].map((text) => text.trim()), [most[0], ...most[1].map(String)]);
      await sortBy(page, 'Admin of');
      const top = Math.max(...[...all.values()].map(([, leads]) => leads));
      await soon(async () => (await cells(table(page)))[0][2], String(top));
      await page.waitForURL(/sort=admin/);
      await search(page).fill('LINDQVIST da');
      await soon(() => names(page), ['ada.lindqvist']);
      await search(page).fill('bjorn');
      await soon(async () => cells(table(page)), [['björn', ...all.get('björn').map(String)]]);
      await page.waitForURL(/q=bjorn/);
      await axe();
      await page.reload();
      await soon(() => names(page), ['björn']);
      await search(page).fill('nobody at all');
      await page.getByRole('heading', { name: 'Nobody matches' }).waitFor();
      await shot(`people-none-${viewport}-${colorScheme}`);
      await page.getByRole('button', { name: 'Clear search', exact: true }).last().click();
      await said(page, new RegExp(`^${all.size} of`)).waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      assert.equal(wide, false, 'nothing is cut off at the side');
    });
  }
}

for (const viewport of ['wide', 'phone']) {
  for (const colorScheme of ['light', 'dark']) {
    journey(`a person: the groups with the roles, read afresh (${viewport}, ${colorScheme})`, { viewport, colorScheme }, async ({ page, api, fault, axe, shot }) => {
      await enter(page);
      await openGroup(page, 'Data Science');
      await memberRow(page, 'carol').getByRole('link', { name: 'carol', exact: true }).click();
      await heading(page, 'carol').waitFor();
      assert.equal(await page.title(), 'carol · Demo Instabase · Muster');
      assert.match(page.url(), /\/people\/carol$/);
      await said(page, /^\d+ groups · read \d\d:\d\d$/).waitFor();
      assert.equal(fault.log.filter(({ path }) => OF('carol').test(path)).length, 1);
      const held = await heldBy(api, 'carol');
      await soon(() => shownHeld(page, 'carol'), held);
      assert.deepEqual(held.find(([key]) => key === 'data_science'), ['data_science', 'Admin, Member']);
      await page.getByRole('button', { name: 'Copy carol', exact: true }).waitFor();
      await shot(`person-${viewport}-${colorScheme}`);
      await sortBy(page, 'Role');
      const roles = async () => (await cells(groupsOf(page, 'carol'))).map(([, , role]) => role);
      const first = held.filter(([, role]) => role.startsWith('Admin')).length;
      await soon(async () => (await roles()).findIndex((role) => role === 'Member'), first);
      const find = page.getByRole('searchbox', { name: "Search this person's groups", exact: true });
      if (held.length > 8) {
        await find.fill('data science');
        await soon(() => shownHeld(page, 'carol'), [['data_science', 'Admin, Member']]);
        await find.fill('no such group');
        await page.getByRole('heading', { name: 'No group matches' }).waitFor();
        await page.getByRole('button', { name: 'Clear search', exact: true }).last().click();
      }
      await axe();
      await groupsOf(page, 'carol').getByRole('link', { name: 'Data Science', exact: true }).click();
      await heading(page, 'Data Science').waitFor();
      await page.goBack();
      await soon(() => shownHeld(page, 'carol'), held);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      assert.equal(wide, false, 'nothing is cut off at the side');
    });
  }
}

for (const quirks of [false, true]) {
  journey(`any name is opened; one never seen is asked to be checked (quirks: ${quirks})`, { quirks }, async ({ page, api, server, axe, shot }) => {
    await enter(page);
    await groupsAreRead(page);
    await toPeople(page);
    const any = page.getByRole('textbox', { name: 'Any name', exact: true });
    const open = page.getByRole('button', { name: 'Open', exact: true });
    await open.click();
    await page.getByText('That cannot be a name: it is empty.').waitFor();
    assert.equal(await any.evaluate((one) => one === document.activeElement), true);
    await axe();
    await any.fill(' jo/iner ? ');
    await any.press('Enter');
    await heading(page, 'jo/iner ?').waitFor();
    const none = page.getByRole('heading', { name: 'In no group known here', exact: true });
    await none.waitFor();
    await page.getByText('“jo/iner ?” was not seen in any group: check the spelling.').waitFor();
    assert.equal(await page.getByText(/no such user/i).count(), 0);
    await shot('person-unknown');
    await axe();
    await page.getByRole('main').getByRole('link', { name: 'Search people', exact: true }).click();
    await heading(page, 'People').waitFor();
    assert.equal(await search(page).inputValue(), 'jo/iner ?');
    await page.getByRole('link', { name: 'Open “jo/iner ?”', exact: true }).click();
    await none.waitFor();
    // Put in past the app, they are there at the next look.
    await server.run('user', 'add', 'joiner', '--email', 'joiner@example.com');
    await page.goto(at(page, 'people/joiner'));
    await none.waitFor();
    await api(membersOf('infra'), { method: 'POST', body: { admin: {}, member: { joiner: true } } });
    await page.getByRole('button', { name: 'Read again', exact: true }).click();
    await soon(() => shownHeld(page, 'joiner'), [['infra', 'Member']]);
    assert.deepEqual(await heldBy(api, 'joiner'), [['infra', 'Member']]);
  });
}

journey('removed elsewhere meanwhile, a group deleted, one renamed: what is shown is what a read shows', {}, async ({ page, api, fault }) => {
  await enter(page);
  await groupsAreRead(page);
  const before = await heldBy(api, 'yara');
  assert.ok(before.length >= 3, JSON.stringify(before));
  const [[out], [gone]] = before;
  await meanwhile(api, membersOf(out), { body: { admin: { yara: false }, member: { yara: false } } });
  await meanwhile(api, pathOf(gone), { method: 'DELETE' });
  await toPeople(page);
  await search(page).fill('yara');
  await soon(() => cells(table(page)), [['yara', String(before.length), String(before.filter(([, role]) => role === 'Admin').length)]]);
  await table(page).getByRole('link', { name: 'yara', exact: true }).click();
  await said(page, /· read \d\d:\d\d$/).waitFor();
  const after = await heldBy(api, 'yara');
  assert.equal(after.length, before.length - 2);
  await soon(() => shownHeld(page, 'yara'), after);
  // The two alone were read by themselves, and the one that is gone is gone from the groups too.
  const single = fault.log.filter(({ method, path }) => method === 'GET' && path.startsWith(`${ROOT}/group/`));
  assert.deepEqual(single.map(({ path }) => path).sort(), [pathOf(out), pathOf(gone)].sort());
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Groups', exact: true }).click();
  await said(page, /^35 of 35/).waitFor();
  await page.goBack();
  await soon(() => shownHeld(page, 'yara'), after);
  // In none any more.
  for (const [key] of after) await meanwhile(api, membersOf(key), { body: { admin: { yara: false }, member: { yara: false } } });
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  await page.getByRole('heading', { name: 'In no group known here any more' }).waitFor();
  assert.deepEqual(await heldBy(api, 'yara'), []);
});

journey('a read that is refused, lost or broken off: what is known stays, and can be tried again', {}, async ({ page, api, fault, expectRefused, shot, axe }) => {
  await enter(page);
  await groupsAreRead(page);
  const held = await heldBy(api, 'carol');
  // Refused in words, with what is known still there.
  const refused = fault.on('GET', OF('carol'), { json: { status: 'ERROR', msg: 'Not today' } });
  await toPeople(page);
  await search(page).fill('carol');
  await table(page).getByRole('link', { name: 'carol', exact: true }).click();
  await warned(page, 'Not today').waitFor();
  await soon(() => shownHeld(page, 'carol'), held);
  await said(page, new RegExp(`^${held.length} groups known here$`)).waitFor();
  await shot('person-refused');
  await axe();
  refused.off();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await said(page, /· read \d\d:\d\d$/).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  // No connection, and nothing known: it is not the same as nothing there.
  expectRefused('network');
  const lost = fault.on('GET', OF('dave'), { refuse: true });
  await page.goto(at(page, 'people/dave'));
  await page.getByRole('heading', { name: 'The groups of this person could not be read' }).waitFor();
  assert.equal(await page.getByText('In no group known here').count(), 0);
  lost.off();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await soon(async () => shownHeld(page, 'dave'), await heldBy(api, 'dave'));
  // Broken off: what came is shown, and that there may be more.
  const broken = fault.on('GET', OF('bob'), { truncate: await partOf(api, 'list?get_members=true&username=bob', 0.97), slow: 60, pieces: 4 });
  await page.goto(at(page, 'people/bob'));
  await warned(page, 'This may be old, and there may be more').waitFor();
  const some = await shownHeld(page, 'bob');
  const whole = await heldBy(api, 'bob');
  assert.ok(some.length > 0 && some.length < whole.length);
  broken.off();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await soon(() => shownHeld(page, 'bob'), whole);
});

journey('many are no longer theirs: the whole list is read', {}, async ({ page, api, fault }) => {
  await enter(page);
  await groupsAreRead(page);
  // Somebody in more groups than are read one by one, and then in none of them.
  const keys = (await api(`${ROOT}/list`)).body.groups.map(({ name }) => name).slice(0, 25);
  const all = (yes) => Promise.all(keys.map((key) => api(membersOf(key), { method: 'POST', body: { admin: {}, member: { yara: yes } } })));
  await all(true);
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  await groupsAreRead(page);
  await toPeople(page);
  await search(page).fill('yara');
  const many = (await heldBy(api, 'yara')).length;
  await soon(async () => Number((await cells(table(page)))[0][1]), many);
  await all(false);
  await table(page).getByRole('link', { name: 'yara', exact: true }).click();
  const left = await heldBy(api, 'yara');
  await soon(() => shownHeld(page, 'yara'), left);
  const single = fault.log.filter(({ method, path }) => method === 'GET' && path.startsWith(`${ROOT}/group/`));
  assert.equal(single.length, 0);
  assert.ok(fault.log.filter(({ path }) => LONG_LIST.test(path)).length >= 3);
});

journey('people of a list that is not whole are said to be so many so far', {}, async ({ page, api, fault, expectRefused, shot, axe }) => {
  expectRefused('network');
  const broken = fault.on('GET', LONG_LIST, { truncate: await partOf(api, 'list?get_members=true'), slow: 60, pieces: 4 });
  await enter(page);
  await warned(page, 'The list is not complete').waitFor();
  await toPeople(page);
  await said(page, /^\d+ of \d+ in the \d+ groups loaded so far$/).waitFor();
  await warned(page, 'The list is not complete').waitFor();
  await shot('people-so-far');
  await axe();
  broken.off();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await said(page, /^(\d+) of \1 · read \d\d:\d\d$/).waitFor();
});

journey('oneself is marked', {}, async ({ page, api }) => {
  await enter(page, 'bob');
  await groupsAreRead(page);
  await toPeople(page);
  await search(page).fill('bob');
  await table(page).getByRole('row').filter({ has: page.getByRole('link', { name: 'bob', exact: true }) }).getByText('you', { exact: true }).waitFor();
  await table(page).getByRole('link', { name: 'bob', exact: true }).click();
  await heading(page, 'bob').waitFor();
  await page.getByRole('main').getByText('you', { exact: true }).waitFor();
  await soon(async () => shownHeld(page, 'bob'), await heldBy(api, 'bob'));
});

for (const viewport of ['wide', 'phone']) {
  journey(`snip: those of my groups alone, by their addresses (${viewport})`, { viewport }, async ({ page, api, axe, shot }) => {
    await connect(page, { system: 'snip', user: 'carol' });
    await groupsAreRead(page);
    await toPeople(page, viewport);
    const { body } = await api(SNIP, { token: TOKENS.carol });
    const people = new Map();
    for (const { members } of body) {
      for (const { user_id, emails, role } of members) {
        const known = people.get(user_id) ?? { email: emails[0], groups: 0, owns: 0 };
        people.set(user_id, { ...known, groups: known.groups + 1, owns: known.owns + (role === 'owner' ? 1 : 0) });
      }
    }
    await said(page, new RegExp(`^${people.size} of ${people.size} in the groups you are in · read`)).waitFor();
    assert.deepEqual((await page.getByRole('columnheader').allInnerTexts()).map((text) => text.trim()), ['Person', 'Groups', 'Owner of']);
    assert.equal(await page.getByRole('textbox', { name: 'Any name' }).count(), 0);
    await page.getByText('On snip people are known by numbers').waitFor();
    await shot(`people-snip-${viewport}`);
    const me = body[0].members.find(({ self }) => self);
    await search(page).fill('carol@');
    const mine = table(page).getByRole('row').filter({ has: page.getByRole('link', { name: 'carol@example.com', exact: true }) });
    await mine.getByText('you', { exact: true }).waitFor();
    await axe();
    await mine.getByRole('link').click();
    await heading(page, 'carol@example.com').waitFor();
    assert.match(page.url(), new RegExp(`/people/${me.user_id}$`));
    await said(page, /^7 groups of those you are in · read/).waitFor();
    const label = { owner: 'Owner', moderator: 'Moderator', member: 'Member' };
    const roles = body.map(({ id, members }) => [String(id), label[members.find(({ self }) => self).role]]).sort();
    await soon(() => shownHeld(page, 'carol@example.com'), roles);
    await shot(`person-snip-${viewport}`);
    await page.goto(at(page, 'people/987654'));
    await page.getByText('was not seen in any of the groups you are in').waitFor();
    assert.equal(await page.getByText('check the spelling').count(), 0);
  });
}

journey('snip: somebody removed elsewhere is gone at the next look, the page opened by its address', {}, async ({ page, api }) => {
  await connect(page, { system: 'snip', user: 'alice' });
  await groupsAreRead(page);
  const { body } = await api(SNIP, { token: TOKENS.alice });
  const own = body.find(({ members }) => members.length > 2 && members.some(({ self, role }) => self && role === 'owner'));
  const other = own.members.find(({ self }) => !self);
  await page.goto(at(page, `people/${other.user_id}`));
  await heading(page, other.emails[0]).waitFor();
  const held = async () => {
    const now = (await api(SNIP, { token: TOKENS.alice })).body;
    return now.filter(({ members }) => members.some(({ user_id }) => user_id === other.user_id)).map(({ id }) => String(id)).sort();
  };
  const shown = async () => (await shownHeld(page, other.emails[0])).map(([key]) => key);
  await soon(shown, await held());
  await api(`${SNIP}/${own.id}`, { method: 'PATCH', token: TOKENS.alice, body: { remove_members: [other.user_id] } });
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  const left = await held();
  assert.ok(!left.includes(String(own.id)));
  if (left.length > 0) await soon(shown, left);
  else await page.getByRole('heading', { name: 'In no group known here any more' }).waitFor();
});

for (const viewport of ['wide', 'phone']) {
  journey(`5 000 people in 3 000 groups: few rows in the page, the last is there by scrolling (${viewport})`, { viewport }, async ({ page, fault, shot }) => {
    const name = (n) => `person.${String(n).padStart(4, '0')}`;
    const users = (...all) => all.map((n) => ({ type: 'user', name: name(n % 5000) }));
    const groups = Array.from({ length: 3000 }, (_, n) => ({
      name: `lot_${n}`, full_name: `Lot ${n}`, description: '', admins: users(n), members: users(n + 1, n + 2000),
    }));
    fault.on('GET', LONG_LIST, { json: { status: 'OK', groups } });
    await enter(page);
    await groupsAreRead(page);
    await toPeople(page, viewport);
    // A narrow space stands between thousands.
    await said(page, /^5\u202f000 of 5\u202f000 · read/).waitFor();
    assert.ok((await table(page).getByRole('row').count()) < 60);
    assert.equal(await table(page).getAttribute('aria-rowcount'), '5001');
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await table(page).getByRole('link', { name: 'person.4999', exact: true }).waitFor();
    await shot(`people-long-${viewport}`);
    // Another question starts at the top.
    await search(page).fill('person.25');
    await said(page, /^100 of 5\u202f000/).waitFor();
    await soon(async () => (await names(page))[0], 'person.2500');
    const [row] = await cells(table(page));
    const held = groups.filter(({ admins, members }) => [...admins, ...members].some((one) => one.name === 'person.2500'));
    const leads = held.filter(({ admins }) => admins.some((one) => one.name === 'person.2500'));
    assert.deepEqual(row.map((text) => text.trim()), ['person.2500', String(held.length), String(leads.length)]);
  });
}
