// The members of a group on Instabase: who is in it, adding, changing roles, removing, and what may go wrong.
import assert from 'node:assert/strict';
import {
  at, changeRole, dialog, enter, meanwhile, memberRow, membersOf, openGroup, people, removeButton, roleButton, said, soon,
  warned, writes,
} from './harness/instabase.mjs';
import { journey } from './harness/journey.mjs';

const search = (page) => page.getByRole('searchbox', { name: 'Search members', exact: true });
const whole = (page, n) => said(page, new RegExp(`^${n} · read \\d\\d:\\d\\d$`)).waitFor();
const adding = (page) => dialog(page, 'Add members');
const box = (page) => adding(page).getByRole('combobox', { name: 'People', exact: true });
const chips = (page) => adding(page).getByRole('list', { name: 'Chosen', exact: true }).getByRole('listitem').allInnerTexts();
const outcome = (page, name) =>
  adding(page).getByRole('list', { name: /^(Done|Not done)$/ }).getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
const press = (page, name) => adding(page).getByRole('button', { name, exact: true }).click();
const openAdd = async (page) => {
  await page.getByRole('button', { name: 'Add members', exact: true }).click();
  await box(page).waitFor();
};
/** Types names, a chip each. */
const choose = async (page, ...names) => {
  for (const name of names) {
    await box(page).fill(name);
    await box(page).press('Enter');
  }
};
/** The role that a row shows, beside its button. */
const roleOf = async (page, name) => (await memberRow(page, name).getByRole('cell').nth(1).innerText()).trim().split('\n')[0].trim();
const hasFocus = (target) => target.evaluate((element) => element === document.activeElement);
/** The names in the table, in its order, by the button that each row has. */
const shown = (page) =>
  page
    .getByRole('table', { name: 'Members' })
    .getByRole('button', { name: /^Remove / })
    .evaluateAll((all) => all.map((button) => button.ariaLabel.replace('Remove ', '')));
const undo = (page, name) => page.getByRole('button', { name: new RegExp(`^Undo: ${name} `) });

journey('roles, you, and who is admin and member at once', {}, async ({ page, api, axe }) => {
  await enter(page, 'carol');
  await openGroup(page, 'Data Science');
  await whole(page, 6);
  assert.equal(await page.title(), 'Data Science · Demo Instabase · Muster');
  assert.deepEqual(await page.getByRole('table', { name: 'Members' }).getByRole('columnheader').allInnerTexts(), ['Member', 'Role', 'Remove']);
  await memberRow(page, 'carol').getByText('you', { exact: true }).waitFor();
  assert.equal(await page.getByText('you', { exact: true }).count(), 1);
  assert.match(await memberRow(page, 'carol').innerText(), /Admin, Member/);
  assert.match(await memberRow(page, 'priya').innerText(), /Admin/);
  assert.doesNotMatch(await memberRow(page, 'priya').innerText(), /Member/);
  assert.match(await memberRow(page, 'bob').innerText(), /Member/);
  await axe();
  const { admins, members } = await people(api, 'data_science');
  assert.deepEqual((await shown(page)).sort(), [...new Set([...admins, ...members])].sort());
});

journey('search members: words, no match, clear; a long list is there by scrolling', {}, async ({ page, api, axe }) => {
  await enter(page);
  await openGroup(page, 'All Staff');
  await whole(page, 321);
  await search(page).fill('LINDQVIST da');
  await said(page, /^1 of 321 · read/).waitFor();
  await soon(() => shown(page), ['ada.lindqvist']);
  await search(page).fill('bjorn');
  await memberRow(page, 'björn').waitFor();
  await search(page).fill('nobody at all');
  const none = said(page, 'No member matches');
  await none.waitFor();
  await axe();
  await none.getByRole('button', { name: 'Clear search', exact: true }).click();
  await whole(page, 321);
  // What everybody else would find on the next page is found by scrolling.
  assert.equal(await memberRow(page, 'zoe').count(), 0);
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  await memberRow(page, 'zoe').waitFor();
  assert.equal((await people(api, 'all_staff')).members.length, 320);
});

journey('sort members by name and by role, aria-sort on that column alone', {}, async ({ page, api }) => {
  await enter(page);
  await openGroup(page, 'Sales');
  await soon(async () => (await shown(page))[0], 'bob');
  const header = (name) => page.getByRole('columnheader', { name, exact: true });
  await header('Member').getByRole('button').click();
  await soon(() => shown(page), ['alice', 'bob', 'hana', 'ines', 'mateo', 'rosa']);
  assert.equal(await header('Member').getAttribute('aria-sort'), 'ascending');
  assert.equal(await header('Role').getAttribute('aria-sort'), null);
  await header('Member').getByRole('button').click();
  await soon(() => shown(page), ['rosa', 'mateo', 'ines', 'hana', 'bob', 'alice']);
  assert.equal((await people(api, 'sales_group')).members.length, 5);
});

journey('nobody in a group: it says so, and the first is added', {}, async ({ page, api, axe }) => {
  await enter(page);
  await openGroup(page, 'New Project');
  await said(page, 'Nobody is in this group').waitFor();
  await axe();
  await openAdd(page);
  await choose(page, 'emil');
  await adding(page).getByRole('combobox', { name: 'Role', exact: true }).selectOption({ label: 'Admin' });
  await press(page, 'Add');
  await outcome(page, 'emil').getByText('added as Admin', { exact: true }).waitFor();
  await press(page, 'Close');
  await whole(page, 1);
  assert.deepEqual(await people(api, 'new_project'), { admins: ['emil'], members: [] });
});

journey('add one: Enter makes a chip and never sends; the focus comes back to the opener', {}, async ({ page, api, fault, axe }) => {
  await enter(page);
  await openGroup(page, 'Sales');
  await openAdd(page);
  await soon(() => hasFocus(box(page)), true, 'the field has the focus');
  await axe();
  await page.keyboard.type('emil');
  await page.keyboard.press('Enter');
  await soon(() => chips(page), ['emil']);
  assert.equal(await box(page).inputValue(), '');
  // Once more, on nothing: still only the button sends.
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await adding(page).getByText('emil', { exact: true }).waitFor();
  assert.equal(writes(fault).length, 0);
  assert.equal(await adding(page).getByRole('combobox', { name: 'Role', exact: true }).inputValue(), '1');
  await press(page, 'Add');
  await outcome(page, 'emil').getByText('added as Member', { exact: true }).waitFor();
  await said(adding(page), /^Done, read back and proved at/).waitFor();
  await axe();
  await press(page, 'Close');
  await adding(page).waitFor({ state: 'detached' });
  await soon(() => hasFocus(page.getByRole('button', { name: 'Add members', exact: true })), true, 'the focus is back');
  await memberRow(page, 'emil').waitFor();
  await whole(page, 7);
  assert.deepEqual(await people(api, 'sales_group'), { admins: ['bob'], members: ['alice', 'emil', 'hana', 'ines', 'mateo', 'rosa'] });
  // A delta, never the whole list (Pocket ID).
  assert.deepEqual(writes(fault).map(({ path, body }) => [path, JSON.parse(body)]), [[membersOf('sales_group'), { member: { emil: true } }]]);
});

journey('a suggestion is chosen with the keyboard; who is in already is marked and cannot be chosen', {}, async ({ page, api, axe }) => {
  await enter(page);
  await openGroup(page, 'Sales');
  await openAdd(page);
  await page.keyboard.type('ros');
  const option = adding(page).getByRole('option', { name: 'rosa already in', exact: true, disabled: true });
  await option.waitFor();
  await axe();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.deepEqual(await chips(page), []);
  await box(page).fill('jon');
  await adding(page).getByRole('option', { name: 'jonas' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await adding(page).getByRole('option', { name: 'jonas', selected: true }).waitFor();
  assert.ok(await hasFocus(box(page)), 'the focus stays in the field');
  await page.keyboard.press('Enter');
  await soon(() => chips(page), ['jonas']);
  // Escape: first the list, then what is typed, then the dialog.
  await page.keyboard.type('em');
  await adding(page).getByRole('option', { name: 'emil' }).waitFor();
  await page.keyboard.press('Escape');
  await adding(page).getByRole('listbox').waitFor({ state: 'hidden' });
  await page.keyboard.press('Escape');
  await soon(() => box(page).inputValue(), '');
  assert.ok(await adding(page).isVisible());
  await page.keyboard.press('Escape');
  await adding(page).waitFor({ state: 'detached' });
  assert.ok(!(await people(api, 'sales_group')).members.includes('jonas'));
});

journey('the picker marks every member of a large group (Keycloak filters page by page)', {}, async ({ page, api, fault }) => {
  await enter(page);
  await openGroup(page, 'All Staff');
  await openAdd(page);
  await box(page).fill('xenia');
  const { members } = await people(api, 'all_staff');
  const xenias = members.filter((name) => name.startsWith('xenia.'));
  assert.ok(xenias.length > 8);
  const options = adding(page).getByRole('option');
  await soon(() => options.filter({ hasText: 'already in' }).count(), 8);
  for (const name of xenias.slice(0, 3)) {
    await box(page).fill(name);
    await adding(page).getByRole('option', { name: `${name} already in`, exact: true, disabled: true }).waitFor();
  }
  assert.equal(writes(fault).length, 0);
});

journey('paste of a list: a chip each, duplicates once, what is no name stays', {}, async ({ page, context, api, fault }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await enter(page);
  await openGroup(page, 'Sales');
  await openAdd(page);
  await page.evaluate(() => navigator.clipboard.writeText('emil, zoe;omar\nemil\n\tlea\n'));
  await box(page).press('Control+V');
  await soon(() => chips(page), ['emil', 'zoe', 'omar', 'lea']);
  assert.equal(await box(page).inputValue(), '');
  await adding(page).getByRole('button', { name: 'Take out omar', exact: true }).click();
  await soon(() => chips(page), ['emil', 'zoe', 'lea']);
  assert.equal(writes(fault).length, 0);
  await press(page, 'Add');
  await said(adding(page), 'All 3 done').waitFor();
  await press(page, 'Close');
  assert.deepEqual((await people(api, 'sales_group')).members, ['alice', 'emil', 'hana', 'ines', 'lea', 'mateo', 'rosa', 'zoe']);
});

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`add several with one unknown: an outcome for each, who failed is kept, the dialog stays (Keycloak, FreeIPA)${how}`, { quirks }, async ({ page, api, fault, expectRefused, axe }) => {
    if (quirks) expectRefused(400);
    await enter(page);
    await openGroup(page, 'Sales');
    await openAdd(page);
    // The unknown one is not the first: looking at the first alone would miss it.
    await choose(page, 'emil', 'nobody_9', 'zoe');
    await press(page, 'Add');
    await outcome(page, 'emil').getByText('added as Member', { exact: true }).waitFor();
    await outcome(page, 'zoe').getByText('added as Member', { exact: true }).waitFor();
    await outcome(page, 'nobody_9').getByText(/User \(nobody_9\) not found/).waitFor();
    await warned(adding(page), '2 of 3 done').waitFor();
    assert.deepEqual(await chips(page), ['nobody_9']);
    await axe();
    // Only what failed is sent again.
    await press(page, 'Retry refused');
    await soon(() => writes(fault).length, 2);
    assert.deepEqual(JSON.parse(writes(fault)[1].body), { member: { nobody_9: true } });
    await adding(page).getByRole('button', { name: 'Retry refused', exact: true }).waitFor();
    await adding(page).getByRole('button', { name: 'Take out nobody_9', exact: true }).click();
    await choose(page, 'lea');
    await press(page, 'Add');
    await outcome(page, 'lea').getByText('added as Member', { exact: true }).waitFor();
    await press(page, 'Close');
    await memberRow(page, 'zoe').waitFor();
    const { members } = await people(api, 'sales_group');
    assert.deepEqual(members.filter((name) => name !== 'bob'), ['alice', 'emil', 'hana', 'ines', 'lea', 'mateo', 'rosa', 'zoe']);
  });
}

journey('add: who is in already is told so, and not dropped without a word', {}, async ({ page, api, fault }) => {
  await enter(page);
  await openGroup(page, 'Sales');
  await openAdd(page);
  await choose(page, 'rosa', 'zoe');
  await said(adding(page), '1 will be added · 1 is in already').waitFor();
  await press(page, 'Add');
  await outcome(page, 'zoe').getByText('added as Member', { exact: true }).waitFor();
  assert.deepEqual(JSON.parse(writes(fault)[0].body), { member: { zoe: true } });
  assert.ok((await people(api, 'sales_group')).members.includes('zoe'));
});

journey('add: what is chosen while the reply is under way is neither added nor lost (LLDAP), and nothing closes the dialog (lapdev)', {}, async ({ page, api, fault }) => {
  await enter(page);
  await openGroup(page, 'Sales');
  const slow = fault.on('POST', membersOf('sales_group'), { delay: 1500 });
  await openAdd(page);
  await choose(page, 'emil');
  const struck = slow.struck();
  await press(page, 'Add');
  await struck;
  await choose(page, 'zoe');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.mouse.click(5, 400);
  await adding(page).getByRole('button', { name: 'Adding…', exact: true }).waitFor();
  await outcome(page, 'emil').getByText('added as Member', { exact: true }).waitFor();
  assert.deepEqual(await chips(page), ['zoe']);
  const { members } = await people(api, 'sales_group');
  assert.ok(members.includes('emil') && !members.includes('zoe'));
});

journey('add: a call that fails closes nothing and loses nothing (Keycloak)', {}, async ({ page, api, fault, expectRefused, axe }) => {
  expectRefused(500);
  await enter(page);
  await openGroup(page, 'Sales');
  fault.on('POST', membersOf('sales_group'), { status: 500 }, { times: 1 });
  await openAdd(page);
  await choose(page, 'emil', 'zoe');
  await press(page, 'Add');
  await outcome(page, 'emil').getByText(/^not done: the server failed \(HTTP 500\), and a look at the server afterwards does not show the change/).waitFor();
  // These are our words and not the server's: nobody has refused anything.
  assert.equal(await adding(page).getByText(/refused: “/).count(), 0);
  assert.deepEqual(await chips(page), ['emil', 'zoe']);
  await axe();
  await press(page, 'Retry refused');
  await outcome(page, 'emil').getByText('added as Member', { exact: true }).waitFor();
  await outcome(page, 'zoe').getByText('added as Member', { exact: true }).waitFor();
  assert.ok((await people(api, 'sales_group')).members.includes('zoe'));
});

journey('add: an answer that is lost is settled by a read, for that person and not by counting (Kanidm)', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  await enter(page);
  await openGroup(page, 'Sales');
  // The same number of people before and after: somebody else takes one out at the same time.
  const lost = fault.on('POST', membersOf('sales_group'), { lose: true, delay: 500 });
  await openAdd(page);
  await choose(page, 'emil');
  const struck = lost.struck();
  await press(page, 'Add');
  await struck;
  await meanwhile(api, membersOf('sales_group'), { body: { member: { rosa: false } } });
  await outcome(page, 'emil').getByText('added as Member', { exact: true }).waitFor();
  await press(page, 'Close');
  await whole(page, 6);
  assert.deepEqual((await people(api, 'sales_group')).members, ['alice', 'emil', 'hana', 'ines', 'mateo']);
});

journey('add: a demotion by the back door asks as any other does', {}, async ({ page, api }) => {
  await enter(page);
  await openGroup(page, 'Movie Night');
  await openAdd(page);
  // The last admin, “added” as a member.
  await choose(page, 'yara');
  await press(page, 'Add');
  // Either a question comes first, or the dialog will not do it; in no case is it simply done.
  await page.getByText(/This is the last admin|already/).first().waitFor();
  assert.deepEqual((await people(api, 'movie_night')).admins, ['yara']);
});

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`change of role: saving, done, the server's role is shown, and Undo${how}`, { quirks }, async ({ page, api, fault, axe }) => {
    await enter(page);
    await openGroup(page, 'Sales');
    const slow = fault.on('POST', membersOf('sales_group'), { delay: 600 });
    await roleButton(page, 'rosa').click();
    const form = page.getByRole('form', { name: 'Role of rosa', exact: true });
    await soon(() => hasFocus(form.getByRole('radio', { name: 'Member', exact: true })), true, 'the role held has the focus');
    await axe();
    // A choice by arrow key writes nothing.
    await page.keyboard.press('ArrowUp');
    assert.ok(await form.getByRole('radio', { name: 'Admin', exact: true }).isChecked());
    assert.equal(writes(fault).length, 0);
    await form.getByRole('button', { name: 'Change role', exact: true }).click();
    const row = memberRow(page, 'rosa');
    await said(row, 'saving…').waitFor();
    await said(row, /^role changed \d\d:\d\d$/).waitFor();
    slow.off();
    assert.match(await roleOf(page, 'rosa'), /^Admin/);
    assert.ok((await people(api, 'sales_group')).admins.includes('rosa'));
    await axe();
    await undo(page, 'rosa').click();
    await soon(() => roleOf(page, 'rosa'), 'Member');
    await said(row, /^role changed \d\d:\d\d$/).waitFor();
    const { admins, members } = await people(api, 'sales_group');
    assert.deepEqual(admins, ['bob']);
    assert.ok(members.includes('rosa'));
    // As long as nothing else was wanted, each write is one person's delta.
    assert.deepEqual(writes(fault).map(({ body }) => JSON.parse(body)), [
      { admin: { rosa: true }, member: { rosa: false } },
      // Where admins are members too, the grant of the lower role need not be repeated, and may.
      { admin: { rosa: false }, member: { rosa: true } },
    ]);
  });

  journey(`change of role of somebody who was removed meanwhile: nothing is sent${how}`, { quirks }, async ({ page, api, fault, axe }) => {
    await enter(page);
    await openGroup(page, 'Sales');
    await meanwhile(api, membersOf('sales_group'), { body: { member: { rosa: false } } });
    await changeRole(page, 'rosa', 'Admin');
    await memberRow(page, 'rosa').getByRole('alert').filter({ hasText: 'nothing was sent: somebody removed this person meanwhile' }).waitFor();
    assert.equal(writes(fault).length, 0);
    await axe();
    const { admins, members } = await people(api, 'sales_group');
    assert.ok(!admins.includes('rosa') && !members.includes('rosa'));
  });
}

journey('change of role: what the server did not do is not shown as done (lego, sourcegraph)', {}, async ({ page, api, fault }) => {
  await enter(page);
  await openGroup(page, 'Sales');
  fault.on('POST', membersOf('sales_group'), { json: { status: 'OK' } });
  await changeRole(page, 'rosa', 'Admin');
  const row = memberRow(page, 'rosa');
  await row.getByRole('alert').filter({ hasText: 'a look afterwards does not show it' }).waitFor();
  await row.getByRole('button', { name: 'Dismiss what happened to rosa', exact: true }).click();
  await soon(() => roleOf(page, 'rosa'), 'Member');
  assert.deepEqual((await people(api, 'sales_group')).admins, ['bob']);
});

journey('a role changed meanwhile by somebody else is not overwritten', {}, async ({ page, api, fault }) => {
  await enter(page);
  await openGroup(page, 'Data Science');
  await meanwhile(api, membersOf('data_science'), { body: { admin: { priya: false }, member: { priya: true } } });
  // Shown as admin, to be made a member: that is so already, and nobody is told that this page did it.
  await changeRole(page, 'priya', 'Member');
  await memberRow(page, 'priya').getByRole('alert').filter({ hasText: 'nothing was sent: somebody changed this meanwhile, the role is now Member' }).waitFor();
  assert.equal(writes(fault).length, 0);
  assert.ok((await people(api, 'data_science')).members.includes('priya'));
});

journey('remove with Undo, where the row stays and the focus is', {}, async ({ page, api, fault, axe }) => {
  await enter(page);
  await openGroup(page, 'Sales');
  await removeButton(page, 'rosa').focus();
  await page.keyboard.press('Enter');
  const row = memberRow(page, 'rosa');
  await said(row, /^removed \d\d:\d\d$/).waitFor();
  assert.ok(!(await people(api, 'sales_group')).members.includes('rosa'));
  await axe();
  await soon(() => hasFocus(undo(page, 'rosa')), true, 'the focus is on Undo');
  await page.keyboard.press('Enter');
  await said(row, /^back again \d\d:\d\d$/).waitFor();
  await removeButton(page, 'rosa').waitFor();
  assert.ok((await people(api, 'sales_group')).members.includes('rosa'));
  assert.deepEqual(writes(fault).map(({ body }) => JSON.parse(body)), [{ member: { rosa: false } }, { member: { rosa: true } }]);
});

journey('Undo of a removal gives back every role that was held, and nothing to who came back meanwhile', {}, async ({ page, api, fault }) => {
  await enter(page);
  await openGroup(page, 'Data Science');
  await removeButton(page, 'carol').click();
  await said(memberRow(page, 'carol'), /^removed/).waitFor();
  assert.deepEqual(await people(api, 'data_science'), { admins: ['priya'], members: ['bob', 'emil', 'mei', 'nadia'] });
  await undo(page, 'carol').click();
  await said(memberRow(page, 'carol'), /^back again/).waitFor();
  assert.deepEqual(await people(api, 'data_science'), { admins: ['carol', 'priya'], members: ['bob', 'carol', 'emil', 'mei', 'nadia'] });
  // Taken out once more, and this time somebody else brings her back as a member.
  await removeButton(page, 'carol').click();
  await said(memberRow(page, 'carol'), /^removed/).waitFor();
  await meanwhile(api, membersOf('data_science'), { body: { member: { carol: true } } });
  const before = writes(fault).length;
  await undo(page, 'carol').click();
  await memberRow(page, 'carol').getByRole('alert').filter({ hasText: 'nothing was sent' }).waitFor();
  assert.equal(writes(fault).length, before);
  assert.ok(!(await people(api, 'data_science')).admins.includes('carol'));
});

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`a removal that is refused (the account is gone) says it in the server's words, with Retry${how}`, { quirks }, async ({ page, api, fault, expectRefused, axe }) => {
    if (quirks) expectRefused(400);
    await enter(page);
    await openGroup(page, 'Movie Night');
    await removeButton(page, 'gru').click();
    const row = memberRow(page, 'gru');
    const words = row.getByRole('alert').filter({ hasText: 'User (gru) not found' });
    await words.waitFor();
    await axe();
    await row.getByRole('button', { name: 'Retry gru', exact: true }).click();
    await soon(() => writes(fault).length, 2);
    await words.waitFor();
    await row.getByRole('button', { name: 'Dismiss what happened to gru', exact: true }).click();
    await removeButton(page, 'gru').waitFor();
    assert.ok((await people(api, 'movie_night')).members.includes('gru'));
  });
}

journey('removing oneself asks first: the safe answer has the focus, Escape keeps', {}, async ({ page, api, fault, axe }) => {
  await enter(page);
  await openGroup(page, 'Engineering');
  await removeButton(page, 'alice').click();
  const question = dialog(page, 'Remove alice?');
  await question.getByText('This is you: you leave “Engineering” and lose what it gives you.').waitFor();
  await soon(() => hasFocus(question.getByRole('button', { name: 'Keep alice', exact: true })), true, 'the safe answer has the focus');
  await axe();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await soon(() => hasFocus(removeButton(page, 'alice')), true, 'the focus is back');
  assert.equal(writes(fault).length, 0);
  await removeButton(page, 'alice').click();
  await page.keyboard.press('Enter');
  await question.waitFor({ state: 'detached' });
  assert.equal(writes(fault).length, 0);
  await removeButton(page, 'alice').click();
  await question.getByRole('button', { name: 'Remove alice', exact: true }).click();
  await said(memberRow(page, 'alice'), /^removed/).waitFor();
  assert.ok(!(await people(api, 'eng_group')).admins.includes('alice'));
});

journey('demoting oneself asks first', {}, async ({ page, api, fault, axe }) => {
  await enter(page);
  await openGroup(page, 'Engineering');
  await changeRole(page, 'alice', 'Member');
  const question = dialog(page, 'Change the role of alice?');
  await question.getByText('This is you: you would no longer be admin here, and might not be able to take that back yourself.').waitFor();
  await soon(() => hasFocus(question.getByRole('button', { name: 'Leave it as it is', exact: true })), true, 'the safe answer has the focus');
  await axe();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  assert.equal(writes(fault).length, 0);
  assert.ok((await people(api, 'eng_group')).admins.includes('alice'));
  await changeRole(page, 'alice', 'Member');
  await question.getByRole('button', { name: 'Change role', exact: true }).click();
  await said(memberRow(page, 'alice'), /^role changed/).waitFor();
  assert.ok((await people(api, 'eng_group')).members.includes('alice'));
});

journey('taking out the last admin asks first, by removal and by role', {}, async ({ page, api, fault, axe }) => {
  await enter(page);
  await openGroup(page, 'Movie Night');
  await memberRow(page, 'yara').getByText('last admin', { exact: true }).waitFor();
  const words = 'This is the last admin: after it nobody in “Movie Night” can add or remove people';
  await removeButton(page, 'yara').click();
  const removal = dialog(page, 'Remove yara?');
  await removal.getByText(words).waitFor();
  assert.ok(await hasFocus(removal.getByRole('button', { name: 'Keep yara', exact: true })));
  await axe();
  await removal.getByRole('button', { name: 'Keep yara', exact: true }).click();
  await removal.waitFor({ state: 'detached' });
  await changeRole(page, 'yara', 'Member');
  const demotion = dialog(page, 'Change the role of yara?');
  await demotion.getByText(words).waitFor();
  await page.keyboard.press('Escape');
  await demotion.waitFor({ state: 'detached' });
  assert.equal(writes(fault).length, 0);
  assert.deepEqual((await people(api, 'movie_night')).admins, ['yara']);
  // The second act is the answer itself.
  await removeButton(page, 'yara').click();
  await removal.getByRole('button', { name: 'Remove yara', exact: true }).click();
  await said(memberRow(page, 'yara'), /^removed/).waitFor();
  assert.deepEqual((await people(api, 'movie_night')).admins, []);
  await undo(page, 'yara').click();
  await said(memberRow(page, 'yara'), /^back again/).waitFor();
  assert.deepEqual((await people(api, 'movie_night')).admins, ['yara']);
});

journey('not permitted: the row says so in the server’s words, and one stays', {}, async ({ page, api }) => {
  await enter(page, 'dave');
  await openGroup(page, 'Movie Night');
  await removeButton(page, 'liam').click();
  await memberRow(page, 'liam').getByRole('alert').filter({ hasText: 'You are not permitted to change group (movie_night)' }).waitFor();
  await openAdd(page);
  await choose(page, 'zoe');
  await press(page, 'Add');
  await adding(page).getByText(/You are not permitted to change group \(movie_night\)/).first().waitFor();
  assert.deepEqual(await chips(page), ['zoe']);
  const { members } = await people(api, 'movie_night');
  assert.ok(members.includes('liam') && !members.includes('zoe'));
});

journey('not permitted with 403: one stays, and is not sent to sign in (Kellnr)', { quirks: true }, async ({ page, api, expectRefused }) => {
  expectRefused(403);
  await enter(page, 'dave');
  await openGroup(page, 'Movie Night');
  await removeButton(page, 'liam').click();
  await memberRow(page, 'liam').getByRole('alert').filter({ hasText: 'You are not permitted to change group (movie_night)' }).waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.ok((await people(api, 'movie_night')).members.includes('liam'));
});

journey('one row’s message stays while another row is worked on (LLDAP wipes it)', {}, async ({ page, api }) => {
  await enter(page);
  await openGroup(page, 'Movie Night');
  await removeButton(page, 'gru').click();
  const words = memberRow(page, 'gru').getByRole('alert').filter({ hasText: 'User (gru) not found' });
  await words.waitFor();
  await removeButton(page, 'liam').click();
  await said(memberRow(page, 'liam'), /^removed/).waitFor();
  assert.ok(await words.isVisible());
  await search(page).fill('liam');
  await search(page).fill('');
  await words.waitFor();
  await said(memberRow(page, 'liam'), /^removed/).waitFor();
  assert.ok(!(await people(api, 'movie_night')).members.includes('liam'));
});

journey('a connection that only looks changes nobody', {}, async ({ page, api, fault }) => {
  await enter(page, 'alice', { lookOnly: true });
  await openGroup(page, 'Movie Night');
  await memberRow(page, 'liam').waitFor();
  assert.equal(await removeButton(page, 'liam').count(), 0);
  assert.equal(await roleButton(page, 'liam').count(), 0);
  await page.getByRole('button', { name: 'Add members', exact: true, disabled: true }).waitFor();
  assert.equal(writes(fault).length, 0);
  assert.ok((await people(api, 'movie_night')).members.includes('liam'));
});

journey('a group that cannot be read is no empty group, and “Try again” reads it', {}, async ({ page, api, fault, expectRefused, axe }) => {
  expectRefused(500);
  await enter(page);
  const broken = fault.on('GET', /\/(group\/sales_group|list\?get_members=true)$/, { status: 500 });
  await page.goto(at(page, 'groups/sales_group'));
  const alert = warned(page, 'The group could not be read');
  await alert.waitFor();
  assert.equal(await page.getByText('Nobody is in this group').count(), 0);
  await axe();
  broken.off();
  await alert.getByRole('button', { name: 'Try again', exact: true }).click();
  await whole(page, 6);
  assert.equal((await people(api, 'sales_group')).members.length, 5);
});

journey('on a phone: one is added and one removed', { viewport: 'phone' }, async ({ page, api, axe }) => {
  await enter(page);
  await openGroup(page, 'Sales');
  await openAdd(page);
  await axe();
  await choose(page, 'emil');
  await press(page, 'Add');
  await outcome(page, 'emil').getByText('added as Member', { exact: true }).waitFor();
  await press(page, 'Close');
  await memberRow(page, 'emil').waitFor();
  await removeButton(page, 'rosa').click();
  await said(memberRow(page, 'rosa'), /^removed/).waitFor();
  await undo(page, 'rosa').waitFor();
  await axe();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `${width} px wide`);
  assert.deepEqual((await people(api, 'sales_group')).members, ['alice', 'emil', 'hana', 'ines', 'mateo']);
});
