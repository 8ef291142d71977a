// Snapshots: what was so is saved, what has changed since is what was changed, and nothing else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ROOT, at, dialog, enter, fieldsOf, membersOf, meanwhile, pathOf, people, said, soon, warned, writes } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { applyChanges, groupsAreRead } from './harness/steps.mjs';

const changes = (page) => page.getByRole('table', { name: 'Changes', exact: true });
const shelf = (page) => page.getByRole('table', { name: 'Snapshots', exact: true });
const chips = (page) => page.getByRole('group', { name: 'Show only', exact: true });
const press = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

/** The lines of a table: what stands in the cells, as it is seen. */
async function lines(table) {
  const rows = await table.getByRole('row').filter({ has: table.page().getByRole('cell') }).all();
  const texts = await Promise.all(rows.map((row) => row.getByRole('cell').evaluateAll((cells) => cells.map((cell) => {
    const clone = cell.cloneNode(true);
    for (const hidden of clone.querySelectorAll('.on-phone, [aria-hidden]')) hidden.remove();
    return clone.textContent.trim().replace(/\s+/g, ' ');
  }))));
  return texts.map(([group, change, then, now]) => [group, change, then === 'nothing' ? '' : then, now === 'nothing' ? '' : now]);
}

async function toSnapshots(page) {
  await said(page, /· read \d\d:\d\d/).waitFor();
  await page.getByRole('link', { name: 'Snapshots', exact: true }).click();
  await page.getByRole('heading', { name: 'Snapshots', exact: true, level: 1 }).waitFor();
}

async function save(page, name, where) {
  await page.getByRole('button', { name: 'Save a snapshot', exact: true }).click();
  await dialog(page, 'Save a snapshot').getByRole('textbox', { name: /^Name/ }).fill(name);
  await dialog(page, 'Save a snapshot').getByRole('radio', { name: where, exact: true }).check();
  await press(page, 'Save');
}

/** Saves one as a file, and says where that is. */
async function saveFile(page, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), save(page, name, 'As a file')]);
  return file.path();
}

const openFile = (page, path) => page.locator('input[type=file]').setInputFiles(path);
const opened = (page) => page.getByRole('heading', { name: /^Changes since /, level: 1 }).waitFor();

/** Everything that the server has: key → name, description, person → roles. */
async function state(api) {
  const { body } = await api(`${ROOT}/list?get_members=true`);
  const roles = ({ admins, members }) => {
    const held = {};
    for (const [list, role] of [[admins, 'admin'], [members, 'member']]) for (const { name } of list) (held[name] ??= []).push(role);
    return held;
  };
  return Object.fromEntries(body.groups.map((group) => [group.name, { name: group.full_name, description: group.description ?? '', people: roles(group) }]));
}

/** Others change much: a group made, one deleted, one renamed, a description, a role, somebody in and somebody out. */
async function changeMuch(api) {
  const before = await state(api);
  const design = before.design.people;
  const plain = Object.keys(design).filter((name) => design[name].join() === 'member');
  const [out, raised] = plain;
  const stranger = Object.keys(before.infra.people).find((name) => !design[name]);
  await meanwhile(api, membersOf('design'), { body: { member: { [out]: false } } });
  await meanwhile(api, membersOf('design'), { body: { admin: { [raised]: true }, member: { [raised]: false } } });
  await meanwhile(api, membersOf('design'), { body: { member: { [stranger]: true } } });
  return { before, out, raised, stranger };
}

/** How many snapshots the browser keeps. */
const kept = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('muster-snapshots', 1);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const keys = request.result.transaction('files').objectStore('files').getAllKeys();
          keys.onsuccess = () => {
            request.result.close();
            resolve(keys.result.length);
          };
        };
      }),
  );

for (const quirks of [false, true]) {
  journey(`what others have changed since is what a snapshot shows${quirks ? ' (quirks)' : ''}`, { quirks }, async ({ page, api, fault, axe, shot }) => {
    await enter(page);
    await toSnapshots(page);
    await page.getByText('No snapshot is kept here', { exact: true }).waitFor();
    await axe();
    await save(page, 'before the move', 'In this browser');
    const row = shelf(page).getByRole('row').filter({ hasText: 'before the move' });
    await row.waitFor();
    const all = await state(api);
    assert.match((await row.innerText()).replace(/\s+/g, ' '), new RegExp(`${Object.keys(all).length} (groups )?`));
    await shot('snapshots');
    await axe();
    await page.getByRole('button', { name: 'before the move', exact: true }).click();
    await opened(page);
    await page.getByText('Nothing has changed', { exact: true }).waitFor();
    // Meanwhile, elsewhere.
    const { before, out, raised, stranger } = await changeMuch(api);
    await page.getByRole('button', { name: 'Read again', exact: true }).click();
    const design = (text) => `Design design`.concat(text ?? '');
    const role = (person) => before.design.people[person].map((one) => ({ admin: 'Admin', member: 'Member' })[one]).join(', ');
    const now = await state(api);
    const roleNow = (person) => (now.design.people[person] ?? []).map((one) => ({ admin: 'Admin', member: 'Member' })[one]).join(', ');
    const expected = [
      [design(), `${stranger} came in`, '', roleNow(stranger)],
      [design(), `${raised} other role`, role(raised), roleNow(raised)],
      [design(), `${out} went out`, role(out), ''],
    ].sort();
    await soon(async () => (await lines(changes(page))).sort(), expected);
    await shot('since');
    await axe();
    for (const [name, count] of [['All', 3], ['New groups', 0], ['Gone', 0], ['Renamed', 0], ['Fields', 0], ['Came in', 1], ['Went out', 1], ['Roles', 1]]) {
      assert.equal(await chips(page).getByRole('button', { name: `${name} ${count}`, exact: true }).count(), 1, name);
    }
    await chips(page).getByRole('button', { name: 'Went out 1', exact: true }).click();
    await soon(async () => (await lines(changes(page))).length, 1);
    await page.getByRole('searchbox', { name: 'Search changes', exact: true }).fill(stranger);
    await page.getByText('No change matches', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Clear search', exact: true }).first().click();
    // A reload opens the same one: the address names it.
    await page.reload();
    await opened(page);
    await soon(async () => (await lines(changes(page))).sort(), expected);
    assert.equal(writes(fault).length, 0, 'nothing was sent');
    // Back to the list, and it is deleted after a question.
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Snapshots', exact: true }).click();
    await page.getByRole('button', { name: 'Delete before the move', exact: true }).click();
    await dialog(page, 'Delete the snapshot “before the move”?').waitFor();
    await press(page, 'Delete');
    await page.getByText('No snapshot is kept here', { exact: true }).waitFor();
  });
}

journey('a file holds all that the server has, and is opened again: new, gone, renamed, other fields', {}, async ({ page, api, shot }) => {
  await enter(page);
  await toSnapshots(page);
  const path = await saveFile(page, 'audit');
  const whole = await state(api);
  const file = JSON.parse(readFileSync(path, 'utf8'));
  assert.equal(file.muster, 1);
  assert.equal(file.note, 'audit');
  const read = Object.fromEntries(
    file.groups.map(({ key, display_name: name, description = '', people: list }) => [
      key,
      { name, description, people: Object.fromEntries(list.map(({ person, roles }) => [person, roles])) },
    ]),
  );
  assert.deepEqual(read, whole);
  assert.ok(!JSON.stringify(file).includes(TOKENS.alice));
  // Meanwhile, elsewhere: a group renamed, one deleted, one new, one with another description.
  const keys = Object.keys(whole);
  const gone = keys.find((key) => !['design', 'infra'].includes(key) && Object.keys(whole[key].people).length > 1);
  await meanwhile(api, pathOf('design'), { method: 'PATCH', body: { new_name: 'design_eu' } });
  await meanwhile(api, pathOf('infra'), { method: 'PATCH', body: { description: 'Another text' } });
  await meanwhile(api, pathOf(gone), { method: 'DELETE' });
  await meanwhile(api, pathOf('brand_new'), { body: { full_name: 'Brand new' } });
  await page.getByRole('link', { name: 'Groups', exact: true }).first().click();
  await said(page, /· read/).waitFor();
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  await said(page, /· read/).waitFor();
  await toSnapshots(page);
  await openFile(page, path);
  await opened(page);
  const count = (key) => Object.keys(whole[key].people).length;
  const one = (n) => (n === 1 ? '1 person' : `${n} people`);
  const made = await people(api, 'brand_new');
  await soon(
    async () => (await lines(changes(page))).sort(),
    [
      ['Brand new brand_new', 'New group', '', one(made.admins.length + made.members.length)],
      ['Design design_eu', 'Internal name', 'design', 'design_eu'],
      [`${whole[gone].name} ${gone}`, 'Gone', one(count(gone)), ''],
      [`${whole.infra.name} infra`, 'Description', whole.infra.description, 'Another text'],
    ].sort(),
  );
  await page.getByRole('button', { name: 'Go back to this…', exact: true }).waitFor();
  await chips(page).getByRole('button', { name: 'Gone 1', exact: true }).click();
  await page.getByRole('button', { name: 'Go back in 1 group…', exact: true }).waitFor();
  await shot('since-fields');
  // What is seen is exported.
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save file')]);
  const csv = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n');
  assert.match(csv[0], /^connection,read,Group,Internal name,Change,Person,Then,Now$/);
  assert.equal(csv.length, 2);
  assert.match(csv[1], new RegExp(`,${gone},Gone,,`));
  assert.equal((await fieldsOf(api, 'design_eu')).full_name, 'Design');
});

for (const quirks of [false, true]) {
  journey(`going back: changed groups are as they were, gone ones are made again, new ones stay${quirks ? ' (quirks)' : ''}`, { quirks }, async ({ page, api, shot }) => {
    await enter(page);
    await toSnapshots(page);
    await save(page, 'before', 'In this browser');
    await shelf(page).waitFor();
    const { before } = await changeMuch(api);
    const gone = Object.keys(before).find((key) => !['design', 'infra'].includes(key) && Object.keys(before[key].people).length > 1);
    await meanwhile(api, pathOf('infra'), { method: 'PATCH', body: { new_name: 'infra_eu', description: 'Another text' } });
    await meanwhile(api, pathOf(gone), { method: 'DELETE' });
    await meanwhile(api, pathOf('brand_new'), { body: { full_name: 'Brand new' } });
    const made = (await state(api)).brand_new;
    await page.getByRole('button', { name: 'before', exact: true }).click();
    await opened(page);
    await page.getByRole('button', { name: 'Read again', exact: true }).click();
    await chips(page).getByRole('button', { name: 'Gone 1', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Go back to this…', exact: true }).click();
    await page.getByText(/^Go back to \d+ \w+ \d{4}/).waitFor();
    await shot('go-back');
    await applyChanges(page);
    const now = await state(api);
    const expected = { ...before, brand_new: made };
    // Who was an admin is one again; whether that is a member too is the server's affair.
    const highest = (all) => Object.fromEntries(Object.entries(all).map(([key, group]) => [key, { ...group, people: Object.fromEntries(Object.entries(group.people).map(([who, roles]) => [who, roles.includes('admin') ? 'admin' : 'member']).sort()) }]));
    assert.deepEqual(highest(now), highest(expected));
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await soon(() => lines(changes(page)).then((all) => all.map(([group, change]) => `${group} ${change}`)), ['Brand new brand_new New group']);
  });
}

journey('a broken file, another file, and one of another connection are said to be so', {}, async ({ page, axe, fault }) => {
  await enter(page);
  await toSnapshots(page);
  const path = await saveFile(page, '');
  const text = readFileSync(path, 'utf8');
  const give = (name, content) => openFile(page, { name, mimeType: 'application/json', buffer: Buffer.from(content) });
  await give('cut.json', text.slice(0, text.length / 2));
  await warned(page, 'This file is not complete: it ends in the middle.').waitFor();
  await axe();
  await give('other.json', '{"groups":[]}');
  await warned(page, 'This is not a file of groups that Muster wrote.').waitFor();
  await give('bad.json', text.replace('"roles":["admin"]', '"roles":[7]'));
  await warned(page, /This file is damaged: group \d+ \(“\w+”\): a role in it is no text/).waitFor();
  await give('broken.gz', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('nothing of the kind')]));
  await warned(page, 'This file is damaged: the browser cannot read it to its end.').waitFor();
  const foreign = { ...JSON.parse(text), connection: 'elsewhere', server: 'https://elsewhere.example' };
  await give('foreign.json', JSON.stringify(foreign));
  await opened(page);
  await page.getByText(/^This snapshot is of another connection: elsewhere \(Instabase at https:\/\/elsewhere\.example\)\./).waitFor();
  await page.getByText('Nothing has changed', { exact: true }).waitFor();
  assert.ok(await page.getByRole('button', { name: /^Go back/ }).isDisabled());
  assert.equal(writes(fault).length, 0);
});

journey('a snapshot needs the whole list: where it broke off, that is said and it is read again', {}, async ({ page, fault, expectRefused }) => {
  expectRefused('network');
  const rule = fault.on('GET', /\/list\?get_members=true$/, { truncate: 12_000, slow: 100, pieces: 4 });
  await enter(page);
  await warned(page, /The list is not complete/).waitFor();
  await page.getByRole('link', { name: 'Snapshots', exact: true }).click();
  await page.getByRole('button', { name: 'Save a snapshot', exact: true }).click();
  await warned(dialog(page, 'Save a snapshot'), /The list of groups was not read whole, and a snapshot needs all of them\./).waitFor();
  assert.ok(await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).isDisabled());
  rule.off();
  await press(page, 'Try again');
  await dialog(page, 'Save a snapshot').getByText(/^\d+ groups, read at \d\d:\d\d\.$/).waitFor();
  await press(page, 'Save');
  await shelf(page).waitFor();
});

journey('a browser without room says so and keeps nothing; one that keeps nothing offers files', {}, async ({ page }) => {
  await page.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, key) {
      const request = put.call(this, value, key);
      if (this.name === 'files') queueMicrotask(() => this.transaction.abort());
      return request;
    };
  });
  await enter(page);
  await toSnapshots(page);
  await save(page, 'too large', 'In this browser');
  await warned(page, 'This browser has no room for it, or does not let Muster keep anything. Save it as a file instead.').waitFor();
  await dialog(page, 'Save a snapshot').getByRole('radio', { name: 'As a file', exact: true }).check();
  const [file] = await Promise.all([page.waitForEvent('download'), press(page, 'Save')]);
  assert.match(file.suggestedFilename(), /^Demo Instabase \d{4}-\d\d-\d\dT\d\d-\d\d\.muster\.json$/);
  await page.getByText('No snapshot is kept here', { exact: true }).waitFor();
});

journey('snapshots go with their connection', {}, async ({ page }) => {
  await enter(page);
  await toSnapshots(page);
  await save(page, 'one', 'In this browser');
  await shelf(page).waitFor();
  assert.equal(await kept(page), 1);
  await page.goto('/connect');
  await page.getByRole('button', { name: 'Forget Demo Instabase', exact: true }).click();
  await soon(() => kept(page), 0);
});

journey('of a connection that is not remembered they go with its tab, and not before', {}, async ({ page, context, fault }) => {
  await page.goto('/connect');
  await page.getByRole('checkbox', { name: 'Remember on this device' }).uncheck();
  await page.getByRole('button', { name: 'Try as alice', exact: true }).click();
  await groupsAreRead(page);
  await toSnapshots(page);
  await save(page, 'short-lived', 'In this browser');
  await shelf(page).waitFor();
  await page.reload();
  await shelf(page).getByText('short-lived', { exact: true }).waitFor();
  const other = await context.newPage();
  await other.goto(`${fault.url}/connect`);
  await connect(other, { system: 'Instabase', user: 'bob' });
  await groupsAreRead(other);
  assert.equal(await kept(other), 1, 'as long as its tab');
  await page.close();
  await other.reload();
  await groupsAreRead(other);
  await soon(() => kept(other), 0);
});

journey('on a phone, in the dark', { viewport: 'phone', colorScheme: 'dark' }, async ({ page, api, axe, shot }) => {
  await enter(page);
  await said(page, /· read/).waitFor();
  await shot('groups-phone');
  await page.goto(at(page, 'snapshots'));
  await save(page, 'before', 'In this browser');
  await shelf(page).waitFor();
  await shot('snapshots-phone');
  await axe();
  await changeMuch(api);
  await page.getByRole('button', { name: 'before', exact: true }).click();
  await opened(page);
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  await soon(async () => (await lines(changes(page))).length, 3);
  await shot('since-phone');
});

journey('on snip: of the groups one is in, by their ids', {}, async ({ page, api }) => {
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  await toSnapshots(page);
  const path = await saveFile(page, 'snip');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  const { body } = await api('/api/account/groups', { token: TOKENS.carol });
  assert.deepEqual(file.groups.map(({ key }) => key).sort(), body.map(({ id }) => String(id)).sort());
  for (const group of body) {
    const saved = file.groups.find(({ key }) => key === String(group.id));
    assert.equal(saved.display_name, group.name);
    assert.deepEqual(
      Object.fromEntries(saved.people.map(({ email, roles }) => [email, roles])),
      Object.fromEntries(group.members.map(({ emails, role }) => [emails[0], [role]])),
    );
  }
  const mine = body.find(({ members }) => members.some(({ self, role }) => self && role === 'owner'));
  const renamed = await api(`/api/account/groups/${mine.id}`, { method: 'PATCH', token: TOKENS.carol, body: { name: 'Under another name' } });
  assert.equal(renamed.status, 200);
  await openFile(page, path);
  await opened(page);
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  await soon(() => lines(changes(page)), [[`Under another name ${mine.id}`, 'Display name', mine.name, 'Under another name']]);
});

journey('an export of some of the people is not taken for the whole', {}, async ({ page, api, fault, axe, shot }) => {
  await enter(page);
  await said(page, /· read \d\d:\d\d/).waitFor();
  const before = await people(api, 'design');
  await page.goto(at(page, 'people/carol'));
  await said(page, /· read \d\d:\d\d$/).waitFor();
  await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click();
  const asked = dialog(page, 'Export');
  await asked.getByRole('radio', { name: /one line a membership$/ }).check();
  await asked.getByText('Some of the people only: do not bring it back as the whole.').waitFor();
  await asked.getByRole('radio', { name: 'JSON', exact: true }).check();
  const [file] = await Promise.all([page.waitForEvent('download'), press(page, 'Save file')]);
  const path = await file.path();
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).part, true);
  // It cannot be gone back to.
  await page.goto(at(page, 'snapshots'));
  await page.getByRole('heading', { name: 'Snapshots', exact: true, level: 1 }).waitFor();
  await openFile(page, path);
  await page.getByText('This file holds some of the people of each group only').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Go back/ }).count(), 0);
  await axe();
  await shot('snapshot-of-some');
  // Brought back, it is about those who are in it, and nobody else.
  await page.goto(at(page, 'import'));
  await page.getByLabel('Choose a file', { exact: true }).setInputFiles({ name: 'part.json', mimeType: 'application/json', buffer: readFileSync(path) });
  await page.getByText('This file holds some of the people of each group only').waitFor();
  await shot('import-of-some');
  const review = page.getByRole('button', { name: 'Review changes', exact: true });
  await soon(() => review.getAttribute('aria-disabled'), null);
  await review.click();
  await page.getByText(/Nothing is left to do|There is nothing to (do|change)|Nothing to (do|change)/).first().waitFor();
  assert.equal(await page.getByRole('radio', { name: /exactly so/ }).count(), 0);
  assert.equal(writes(fault).length, 0);
  assert.deepEqual(await people(api, 'design'), before);
});
