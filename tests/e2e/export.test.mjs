// What is exported is what is on the screen, or everything: read back and held against the server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ROOT, at, dialog, enter, groupKeys, openGroup, people, said, soon } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { groupsAreRead } from './harness/steps.mjs';

const press = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

/** Saves one of the offers in one of the forms; gives the text and the name. */
async function save(page, what, form, within = page.getByRole('main')) {
  await within.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog(page, 'Export').getByRole('radio', { name: what }).check();
  await dialog(page, 'Export').getByRole('radio', { name: form, exact: true }).check();
  const [file] = await Promise.all([page.waitForEvent('download'), press(page, 'Save file')]);
  await dialog(page, 'Export').waitFor({ state: 'detached' });
  return { text: readFileSync(await file.path(), 'utf8'), name: file.suggestedFilename() };
}

/** The lines of a CSV (RFC 4180), the guard against formulas taken off. */
function csv(text) {
  assert.ok(text.endsWith('\r\n'), 'the last line has its end');
  const lines = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    const cell = quoted === undefined ? plain : quoted.replaceAll('""', '"').replace(/^'(?=[=+\-@\t\r\n'])/, '');
    lines.at(-1).push(cell);
    if (end !== ',') lines.push([]);
  }
  lines.pop();
  const [heads, ...rest] = lines;
  return { heads, rows: rest.map((cells) => Object.fromEntries(heads.map((head, place) => [head, cells[place]]))) };
}

const labels = { admin: 'Admin', member: 'Member' };
/** Every membership that the server has: "group person roles", groups without people too. */
async function memberships(api) {
  const { body } = await api(`${ROOT}/list?get_members=true`);
  const lines = [];
  for (const { name, admins, members } of body.groups) {
    const held = {};
    for (const [list, role] of [[admins, 'admin'], [members, 'member']]) for (const one of list) (held[one.name] ??= []).push(labels[role]);
    if (Object.keys(held).length === 0) lines.push(`${name}  `);
    for (const [person, roles] of Object.entries(held)) lines.push(`${name} ${person} ${roles.join('; ')}`);
  }
  return lines.sort();
}

for (const quirks of [false, true]) {
  journey(`the groups: as they are on the screen, and every membership${quirks ? ' (quirks)' : ''}`, { quirks }, async ({ page, api, axe, shot }) => {
    await enter(page);
    await said(page, /· read \d\d:\d\d/).waitFor();
    const all = await memberships(api);
    // Everything, in both forms.
    const whole = csv((await save(page, /^Everything: \d+ groups, one line a membership$/, 'CSV')).text);
    assert.deepEqual(whole.heads, ['connection', 'read', 'group', 'group name', 'person', 'name', 'e-mail', 'role', 'joined']);
    assert.deepEqual(whole.rows.map((row) => `${row.group} ${row.person} ${row.role}`).sort(), all);
    assert.ok(whole.rows.every((row) => row.connection === 'Demo Instabase' && !Number.isNaN(Date.parse(row.read))));
    const json = JSON.parse((await save(page, /^Everything/, 'JSON')).text);
    const said_ = json.groups.flatMap(({ key, people: list }) =>
      list.length === 0 ? [`${key}  `] : list.map(({ person, roles }) => `${key} ${person} ${roles.map((role) => labels[role]).join('; ')}`),
    );
    assert.deepEqual(said_.sort(), all);
    // What is on the screen: its columns, filter and order.
    await page.getByRole('searchbox', { name: 'Search groups', exact: true }).fill('data');
    await page.getByRole('button', { name: 'Internal name', exact: true }).click();
    await page.getByRole('button', { name: 'Internal name', exact: true }).click();
    await said(page, /^\d+ of \d+/).waitFor();
    await page.getByRole('columnheader', { name: 'Internal name' }).and(page.locator('[aria-sort="descending"]')).waitFor();
    const seen = await groupKeys(page);
    await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click();
    await axe();
    await shot('export');
    await press(page, 'Cancel');
    const some = csv((await save(page, new RegExp(`^${seen.length} groups on the screen, as the table shows them$`), 'CSV')).text);
    assert.deepEqual(some.heads, ['connection', 'read', 'Display name', 'Internal name', 'Description', 'People', 'Admins']);
    assert.deepEqual(some.rows.map((row) => row['Internal name']), seen, 'filter and order');
    for (const row of some.rows) {
      const { admins, members } = await people(api, row['Internal name']);
      assert.equal(row.People, String(new Set([...admins, ...members]).size));
      assert.deepEqual(row.Admins === '' ? [] : row.Admins.split('; ').sort(), [...admins].sort());
    }
    const members = csv((await save(page, /on the screen, one line a membership$/, 'CSV')).text);
    assert.deepEqual([...new Set(members.rows.map((row) => row.group))], seen);
    await page.getByRole('searchbox', { name: 'Search groups', exact: true }).fill('');
  });
}

journey('selected groups, members, people, one person’s groups', {}, async ({ page, api }) => {
  await enter(page);
  await said(page, /· read \d\d:\d\d/).waitFor();
  const all = await memberships(api);
  await page.getByRole('checkbox', { name: 'Select Design', exact: true }).check();
  const bar = page.getByRole('group', { name: 'Selection', exact: true });
  const picked = csv((await save(page, '1 group selected, one line a membership', 'CSV', bar)).text);
  assert.deepEqual(picked.rows.map((row) => `${row.group} ${row.person} ${row.role}`).sort(), all.filter((line) => line.startsWith('design ')));
  await bar.getByRole('button', { name: 'Clear selection', exact: true }).click();
  // The members of a group, as they are filtered.
  await openGroup(page, 'Design');
  const { admins, members } = await people(api, 'design');
  const part = members[0].slice(0, 3);
  await page.getByRole('searchbox', { name: 'Search members', exact: true }).fill(part);
  const found = [...admins, ...members].filter((name) => name.includes(part));
  const line = new RegExp(`^${found.length} (person|people) on the screen, as the table shows them$`);
  await soon(() => page.getByRole('table', { name: 'Members', exact: true }).getByRole('button', { name: /^Role of/ }).count(), found.length);
  const { text, name } = await save(page, line, 'CSV');
  assert.equal(name, 'design members.csv');
  const rows = csv(text).rows;
  assert.deepEqual(rows.map((row) => row.Member).sort(), [...found].sort());
  assert.ok(rows.every((row) => row.Role === (admins.includes(row.Member) ? 'Admin' : 'Member')));
  const json = JSON.parse((await save(page, /on the screen, one line a membership$/, 'JSON')).text);
  assert.deepEqual(json.groups.map(({ key }) => key), ['design']);
  assert.deepEqual(json.groups[0].people.map(({ person }) => person).sort(), [...found].sort());
  // Everybody.
  await page.goto(at(page, 'people'));
  await said(page, /· read \d\d:\d\d/).waitFor();
  const everybody = csv((await save(page, /on the screen, as the table shows them$/, 'CSV')).text);
  const groupsOf = (person) => all.filter((entry) => entry.split(' ')[1] === person).length;
  assert.deepEqual(new Set(everybody.rows.map((row) => row.Person)), new Set(all.map((entry) => entry.split(' ')[1]).filter(Boolean)));
  for (const row of everybody.rows.slice(0, 40)) assert.equal(Number(row.Groups), groupsOf(row.Person), row.Person);
  // One of them.
  await page.goto(at(page, 'people/carol'));
  await said(page, /· read \d\d:\d\d$/).waitFor();
  const hers = csv((await save(page, /one line a membership$/, 'CSV')).text);
  assert.deepEqual(hers.rows.map((row) => `${row.group} ${row.person} ${row.role}`).sort(), all.filter((entry) => entry.split(' ')[1] === 'carol'));
  const table = csv((await save(page, /as the table shows them$/, 'CSV')).text);
  assert.deepEqual(table.heads, ['connection', 'read', 'Group', 'Internal name', 'Role']);
  assert.equal(table.rows.length, hers.rows.length);
});

journey('a list that broke off: the file says that it holds what was loaded', {}, async ({ page, fault, expectRefused }) => {
  expectRefused('network');
  fault.on('GET', /\/list\?get_members=true$/, { truncate: 12_000, slow: 100, pieces: 4 });
  await enter(page);
  await page.getByRole('alert').filter({ hasText: 'The list is not complete' }).waitFor();
  const count = Number((await said(page, /^\d+ so far$/).innerText()).match(/\d+/)[0]);
  await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click();
  const offer = dialog(page, 'Export').getByRole('radio', { name: `The ${count} groups loaded so far, one line a membership`, exact: true });
  await offer.check();
  await page.getByText('The list was not read whole: what has not come is not in the file.').waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), press(page, 'Save file')]);
  const { rows } = csv(readFileSync(await file.path(), 'utf8'));
  assert.equal(new Set(rows.map((row) => row.group)).size, count);
  assert.ok(rows.every((row) => row.read === ''), 'no time is told that it was not read at');
});

journey('no cell is a formula, and what was guarded is read again as it was', {}, async ({ page, api }) => {
  const description = '=HYPERLINK("https://x.example";"x"), or\nnot';
  const { body } = await api(`${ROOT}/group/design`, { method: 'PATCH', body: { description, full_name: '+Design' } });
  assert.match(String(body.status ?? 'OK'), /^ok$/i);
  await enter(page);
  await said(page, /· read \d\d:\d\d/).waitFor();
  await page.getByRole('searchbox', { name: 'Search groups', exact: true }).fill('design');
  const { text } = await save(page, /as the table shows them$/, 'CSV');
  assert.ok(!/(^|,|\r\n)"?[=+@]/.test(text), text);
  const row = csv(text).rows.find((one) => one['Internal name'] === 'design');
  assert.equal(row.Description, description);
  assert.equal(row['Display name'], '+Design');
});

journey('on snip: ids, e-mails and times', {}, async ({ page, api }) => {
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  const { rows } = csv((await save(page, /^Everything/, 'CSV')).text);
  const { body } = await api('/api/account/groups', { token: TOKENS.carol });
  const roles = { owner: 'Owner', moderator: 'Moderator', member: 'Member' };
  const expected = body.flatMap(({ id, members }) => members.map(({ emails, role }) => `${id} ${emails[0]} ${roles[role]}`));
  assert.deepEqual(rows.map((row) => `${row.group} ${row['e-mail']} ${row.role}`).sort(), expected.sort());
  assert.ok(rows.every((row) => /^\d{4}-\d\d-\d\dT/.test(row.joined)));
});
