// Adding people by the list: pasted names, tables, addresses; what becomes of each before anything is sent, and after.
import assert from 'node:assert/strict';
import { dialog, enter, meanwhile, memberRow, membersOf, openGroup, pathOf, people, said, soon, warned, writes } from './harness/instabase.mjs';
import { journey } from './harness/journey.mjs';
import { copied } from './harness/steps.mjs';

const adding = (page) => dialog(page, 'Add members');
const box = (page) => adding(page).getByRole('combobox', { name: 'People', exact: true });
const area = (page) => adding(page).getByRole('textbox', { name: 'Paste a list', exact: true });
const press = (page, name) => adding(page).getByRole('button', { name, exact: true }).click();
const chips = (page) => adding(page).getByRole('list', { name: 'Chosen', exact: true }).getByRole('listitem').allInnerTexts();
/** The lines under one of the summaries. */
const lines = (page, name) => adding(page).getByRole('list', { name, exact: true }).getByRole('listitem');
const line = (page, list, who) => lines(page, list).filter({ has: page.getByText(who, { exact: true }) });
/** Opens what stands under a summary. */
const unfold = (page, words) => adding(page).locator('summary', { hasText: words }).click();
/** The counts over the preview. */
const sum = (page, text) => adding(page).getByRole('status').filter({ hasText: text }).waitFor();
const openAdd = async (page, group) => {
  await enter(page);
  await openGroup(page, group);
  await page.getByRole('button', { name: 'Add members', exact: true }).click();
  await box(page).waitFor();
};
const paste = (page, text) => area(page).fill(text);
const role = (page, label) => adding(page).getByRole('combobox', { name: 'Role', exact: true }).selectOption({ label });
const hasFocus = (target) => target.evaluate((element) => element === document.activeElement);
/** Everybody who is in some group, but not in this one, and has an account. */
const outside = async (api, key) => {
  const { body } = await api('/api/v1/groups/list?get_members=true');
  const names = (group) => [...group.admins, ...group.members].map(({ name }) => name);
  const here = new Set(names(body.groups.find(({ name }) => name === key)));
  return [...new Set(body.groups.flatMap(names))].filter((name) => !here.has(name) && name !== 'gru').sort();
};
/** Who a group holds, admins first. */
const everybody = async (api, key) => {
  const { admins, members } = await people(api, key);
  return [...new Set([...admins, ...members])];
};

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`a list of 200 of which half are unknown to the server: counted before, each accounted for after${how}`, { quirks }, async ({ page, context, api, fault, expectRefused, axe }) => {
    if (quirks) expectRefused(400);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await openAdd(page, 'Sales');
    const known = (await outside(api, 'sales_group')).slice(0, 100);
    assert.equal(known.length, 100);
    const nobody = known.map((_, n) => `ghost_of_nobody_${n}`);
    await paste(page, known.map((name, n) => `${name}\n${nobody[n]}\n`).join(''));
    await sum(page, '200 will be added · 100 of them never seen here');
    await axe();
    assert.equal(writes(fault).length, 0);
    await press(page, 'Add');
    await warned(adding(page), '100 of 200 done').waitFor();
    await warned(adding(page), '100 refused').waitFor();
    // Two calls of a hundred, and what was refused is what the server refused.
    assert.equal(writes(fault).length, 2);
    await line(page, 'Not done', 'ghost_of_nobody_7').getByText(quirks ? /refused: .*not found/ : /User \(ghost_of_nobody_7\) not found/).waitFor();
    await line(page, 'Done', known[3]).getByText('added as Member', { exact: true }).waitFor();
    await axe();
    // Those refused stay in the box, and nobody else.
    await soon(async () => (await area(page).inputValue()).trim().split('\n'), nobody);
    await press(page, 'Copy refused');
    await adding(page).getByText('Copied', { exact: true }).waitFor();
    assert.deepEqual((await copied(page)).split('\n'), nobody);
    const before = writes(fault).length;
    await press(page, 'Retry refused');
    await soon(() => writes(fault).length, before + 1);
    await warned(adding(page), '100 of 200 done').waitFor();
    const now = await everybody(api, 'sales_group');
    assert.ok(known.every((name) => now.includes(name)), 'all who are known came in');
    assert.equal(now.length, 106);
  });
}

journey('a table with a heading: roles by label and by word, another column, an unknown role, a line without a name', {}, async ({ page, api, fault, axe, shot }) => {
  await openAdd(page, 'Sales');
  await paste(page, '\uFEFFName,User name,Role,Since\r\n"Berg, Emil",emil,Admin,2020-01-01\r\nLea,lea,member,\r\nZoe,zoe,,\r\nOmar,omar,Boss,\r\n,,Member,\r\nEmil,emil,Member,\r\n');
  await adding(page).getByText('Line 1 is a heading: the people are in “User name”, their roles in “Role”. Not used: “Since”.').waitFor();
  await sum(page, '3 will be added · 1 twice · 2 unreadable');
  await line(page, 'Unreadable', 'omar').getByText('line 5: no role is called “Boss”: use Admin or Member', { exact: true }).waitFor();
  await lines(page, 'Unreadable').filter({ hasText: 'line 6: nobody is named here' }).waitFor();
  await unfold(page, '1 twice');
  await line(page, 'Twice', 'emil').getByText('line 7, and before: line 2 in another role, which counts').waitFor();
  await axe();
  await shot('add-table');
  await press(page, 'Add');
  await said(adding(page), 'All 3 done').waitFor();
  await line(page, 'Done', 'emil').getByText('added as Admin', { exact: true }).waitFor();
  assert.deepEqual(JSON.parse(writes(fault)[0].body), { admin: { emil: true }, member: { lea: true, zoe: true } });
  // What could not be sent is still there, with its role, and reads the same.
  await sum(page, '0 will be added · 2 unreadable');
  await area(page).fill((await area(page).inputValue()).replace('Boss', 'Member'));
  await sum(page, '1 will be added · 1 unreadable');
  await press(page, 'Add');
  await line(page, 'Done', 'omar').getByText('added as Member', { exact: true }).waitFor();
  const { admins, members } = await people(api, 'sales_group');
  assert.deepEqual(admins, ['bob', 'emil']);
  assert.deepEqual(members, ['alice', 'hana', 'ines', 'lea', 'mateo', 'omar', 'rosa', 'zoe']);
});

journey('a first line that only looks like a heading is a person when one says so', {}, async ({ page, api, fault }) => {
  await openAdd(page, 'Sales');
  await paste(page, 'user\nemil');
  await sum(page, '1 will be added');
  await adding(page).getByRole('checkbox', { name: 'The first line is no heading', exact: true }).check();
  await sum(page, '2 will be added · 1 of them never seen here');
  assert.equal(writes(fault).length, 0);
  assert.ok(!(await people(api, 'sales_group')).members.includes('emil'));
});

journey('e-mails: which part is the name is asked once, and answered by who is known', {}, async ({ page, api, fault, axe }) => {
  await openAdd(page, 'Sales');
  await paste(page, 'Emil Berg <emil@example.org>; "Doe, Zoe" <zoe@example.org>; mailto:omar@example.org');
  const radio = (name) => adding(page).getByRole('radio', { name, exact: true });
  await soon(() => radio('the part before @').isChecked(), true, 'the part that names people is taken');
  await sum(page, '3 will be added');
  await radio('the whole address').check();
  await sum(page, '3 will be added · 3 of them never seen here');
  await axe();
  await radio('the part before @').check();
  await sum(page, /^3 will be added$/);
  await press(page, 'Add');
  await said(adding(page), 'All 3 done').waitFor();
  assert.deepEqual(JSON.parse(writes(fault)[0].body), { member: { emil: true, zoe: true, omar: true } });
  assert.deepEqual((await people(api, 'sales_group')).members, ['alice', 'emil', 'hana', 'ines', 'mateo', 'omar', 'rosa', 'zoe']);
});

journey('e-mails of nobody who is known: nothing is sent before it is said which part is the name', {}, async ({ page, api, fault }) => {
  await openAdd(page, 'Sales');
  await paste(page, 'x1@example.org\nx2@example.org');
  await press(page, 'Add');
  await adding(page).getByText('Say which part of the e-mail addresses is the name.').waitFor();
  assert.equal(writes(fault).length, 0);
  await adding(page).getByRole('radio', { name: 'the whole address', exact: true }).check();
  await press(page, 'Add');
  await line(page, 'Not done', 'x1@example.org').getByText(/User \(x1@example.org\) not found/).waitFor();
  assert.equal((await everybody(api, 'sales_group')).length, 6);
});

journey('never seen: the nearest known name is offered and taken', {}, async ({ page, api, fault, axe, shot }) => {
  await openAdd(page, 'Sales');
  await paste(page, 'Emil, joans\nq1w2e3r4');
  await sum(page, '3 will be added · 3 of them never seen here');
  await line(page, 'Never seen', 'joans').getByText('line 1 · did you mean jonas?').waitFor();
  assert.equal(await line(page, 'Never seen', 'q1w2e3r4').getByRole('button').count(), 0);
  await axe();
  await shot('add-never-seen');
  await press(page, 'Use jonas');
  await soon(() => area(page).inputValue(), 'Emil, jonas\nq1w2e3r4');
  await press(page, 'Use emil');
  await sum(page, '3 will be added · 1 of them never seen here');
  await adding(page).getByRole('checkbox', { name: 'Leave them out', exact: true }).check();
  await sum(page, '2 will be added · 1 never seen here, left out');
  // A chip too: what was chosen one by one is looked at as the list is.
  await box(page).fill('zeo');
  await box(page).press('Enter');
  await line(page, 'Never seen', 'zeo').getByText('chosen above · did you mean zoe?').waitFor();
  await press(page, 'Use zoe');
  await soon(() => chips(page), ['zoe']);
  await press(page, 'Add');
  await said(adding(page), 'All 3 done').waitFor();
  // Who was left out is still in the box.
  await soon(async () => (await area(page).inputValue()).trim(), 'q1w2e3r4');
  assert.deepEqual(JSON.parse(writes(fault)[0].body), { member: { zoe: true, emil: true, jonas: true } });
  assert.equal((await everybody(api, 'sales_group')).length, 9);
});

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`who is in already: the role held is said, and another one offered${how}`, { quirks }, async ({ page, api, axe, shot }) => {
    await openAdd(page, 'Sales');
    await role(page, 'Admin');
    await paste(page, 'rosa\nhana\nbob\nemil\nrosa');
    await sum(page, '1 will be added · 3 are in already · 1 twice');
    await unfold(page, '3 are in already, 2 in another role');
    await line(page, 'In already', 'rosa').getByText('in as Member · line 1').waitFor();
    assert.equal(await line(page, 'In already', 'bob').getByRole('checkbox').count(), 0, 'bob is an admin already');
    await adding(page).getByRole('checkbox', { name: 'Make rosa Admin', exact: true }).check();
    await sum(page, '1 will be added · 3 are in already · 1 of them get another role · 1 twice');
    await axe();
    await shot('add-in-already');
    await press(page, 'Add');
    await said(adding(page), 'All 2 done').waitFor();
    await line(page, 'Done', 'rosa').getByText('role changed to Admin', { exact: true }).waitFor();
    await soon(() => area(page).inputValue(), '');
    const { admins, members } = await people(api, 'sales_group');
    assert.deepEqual(admins, ['bob', 'emil', 'rosa']);
    assert.ok(members.includes('hana') && (quirks || !members.includes('rosa')));
  });
}

journey('taking the last admin’s role by the list asks first', {}, async ({ page, api, fault, axe }) => {
  await openAdd(page, 'Movie Night');
  await paste(page, 'yara\nemil');
  await unfold(page, '1 is in already');
  await adding(page).getByRole('checkbox', { name: 'Make yara Member', exact: true }).check();
  await press(page, 'Add');
  const question = dialog(page, 'Change these roles?');
  await question.getByText('This is the last admin').waitFor();
  await axe();
  await question.getByRole('button', { name: 'Leave it as it is', exact: true }).click();
  await question.waitFor({ state: 'detached' });
  assert.equal(writes(fault).length, 0);
  assert.deepEqual((await people(api, 'movie_night')).admins, ['yara']);
});

journey('the answer to the third call is lost: every one of 250 is accounted for, nobody is sent twice', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  await openAdd(page, 'Sales');
  const known = (await outside(api, 'sales_group')).slice(0, 250);
  assert.equal(known.length, 250);
  // The newest rule that fits wins: two pass, the third is done and its answer lost.
  fault.on('POST', membersOf('sales_group'), { lose: true }, { times: 1 });
  fault.on('POST', membersOf('sales_group'), {}, { times: 2 });
  await paste(page, known.join(', '));
  await sum(page, /^250 will be added$/);
  await press(page, 'Add');
  await said(adding(page), 'All 250 done').waitFor();
  assert.equal(writes(fault).length, 3);
  const sent = writes(fault).flatMap(({ body }) => Object.keys(JSON.parse(body).member));
  assert.deepEqual(sent.sort(), known, 'each once');
  const now = await everybody(api, 'sales_group');
  assert.ok(known.every((name) => now.includes(name)));
  await soon(() => area(page).inputValue(), '');
});

journey('the connection is lost in the third call and back: it is looked up, and nobody is sent twice', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  await openAdd(page, 'Sales');
  const known = (await outside(api, 'sales_group')).slice(0, 250);
  fault.on('POST', membersOf('sales_group'), { lose: true }, { times: 1 });
  fault.on('POST', membersOf('sales_group'), {}, { times: 2 });
  // Two reads, one after each call, and then nothing any more.
  fault.on('GET', pathOf('sales_group'), { refuse: true });
  fault.on('GET', pathOf('sales_group'), {}, { times: 2 });
  await paste(page, known.join('; '));
  await press(page, 'Add');
  await adding(page).getByText('The server cannot be reached.').waitFor();
  await said(adding(page), '200 of 250 sent and read back').waitFor();
  // It had done the third call too: only a read can tell.
  assert.equal((await everybody(api, 'sales_group')).length, 256);
  fault.clear();
  await press(page, 'Try now');
  await said(adding(page), 'All 250 done').waitFor();
  assert.equal(writes(fault).length, 3);
  const sent = writes(fault).flatMap(({ body }) => Object.keys(JSON.parse(body).member));
  assert.deepEqual(sent.sort(), known, 'each once');
  await soon(() => area(page).inputValue(), '');
});

journey('closing keeps what was put together; closing in mid-run asks', {}, async ({ page, api, fault, axe }) => {
  await openAdd(page, 'Sales');
  await box(page).fill('zoe');
  await box(page).press('Enter');
  await paste(page, 'emil\nlea');
  await press(page, 'Cancel');
  await adding(page).waitFor({ state: 'detached' });
  // Elsewhere and back: it is still there.
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Save changes', exact: true }).waitFor();
  await page.getByRole('link', { name: /^Members/ }).click();
  await page.getByRole('button', { name: 'Add members', exact: true }).click();
  await adding(page).getByText('This was kept when the window was closed.').waitFor();
  await soon(() => chips(page), ['zoe']);
  assert.equal(await area(page).inputValue(), 'emil\nlea');
  await axe();
  // A reload too.
  await page.reload();
  await page.getByRole('button', { name: 'Add members', exact: true }).click();
  await adding(page).getByText('This was kept when the window was closed.').waitFor();
  await soon(() => chips(page), ['zoe']);
  assert.equal(await area(page).inputValue(), 'emil\nlea');
  const slow = fault.on('POST', membersOf('sales_group'), { delay: 1500 });
  const struck = slow.struck();
  await press(page, 'Add');
  await struck;
  await press(page, 'Close');
  await adding(page).getByText('This is still under way.').waitFor();
  await press(page, 'Stay');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await adding(page).getByText('This is still under way.').waitFor();
  await said(adding(page), 'All 3 done').waitFor();
  await press(page, 'Close');
  await adding(page).waitFor({ state: 'detached' });
  await memberRow(page, 'lea').waitFor();
  // Nothing is left to keep.
  await page.getByRole('button', { name: 'Add members', exact: true }).click();
  assert.equal(await area(page).inputValue(), '');
  assert.deepEqual(await chips(page), []);
  assert.equal((await everybody(api, 'sales_group')).length, 9);
});

journey('somebody else adds one of them in between: nobody is told a lie', {}, async ({ page, api }) => {
  await openAdd(page, 'Sales');
  await paste(page, 'emil\nlea');
  await sum(page, /^2 will be added$/);
  await meanwhile(api, membersOf('sales_group'), { body: { admin: { emil: true } } });
  await press(page, 'Add');
  await adding(page).getByText(/of 2 done|All 2 done/).first().waitFor();
  const now = await everybody(api, 'sales_group');
  assert.ok(now.includes('emil') && now.includes('lea'));
});

journey('5 000 pasted names: counted, cut to a hundred, and typing goes on', {}, async ({ page, context, api, fault, axe }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openAdd(page, 'Sales');
  const known = (await outside(api, 'sales_group')).slice(0, 300);
  const many = Array.from({ length: 5000 - known.length }, (_, n) => `person.number.${n}`);
  const text = [...known, ...many].join('\n');
  // Pasted into the field for one, it goes where lists go.
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  const began = Date.now();
  await box(page).press('Control+V');
  await sum(page, /^5.000 will be added · 4.700 of them never seen here$/);
  console.log(`  5 000 names pasted and counted after ${Date.now() - began} ms`);
  assert.deepEqual(await chips(page), []);
  assert.equal((await lines(page, 'Never seen').count()), 100);
  await adding(page).getByText(/^and 4.600 more$/).waitFor();
  await axe();
  const slowest = await area(page).evaluate(async (element) => {
    let most = 0;
    for (const letter of '\nemil') {
      const began = performance.now();
      element.value += letter;
      element.dispatchEvent(new Event('input', { bubbles: true }));
      most = Math.max(most, performance.now() - began);
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    }
    return most;
  });
  console.log(`  the slowest of five keys took ${slowest.toFixed(1)} ms`);
  await sum(page, /^5.000 will be added · 4.700 of them never seen here · 1 twice$/);
  assert.equal(writes(fault).length, 0);
  assert.equal((await everybody(api, 'sales_group')).length, 6);
});

journey('on a phone: a pasted list, a spelling taken, a refusal kept', { viewport: 'phone' }, async ({ page, api, axe, shot }) => {
  await openAdd(page, 'Sales');
  await paste(page, 'emil\nzeo\nghost_of_nobody\nrosa\n..');
  await sum(page, '3 will be added · 2 of them never seen here · 1 is in already · 1 unreadable');
  await axe();
  await shot('add-phone');
  await press(page, 'Use zoe');
  await soon(() => hasFocus(adding(page).getByRole('list', { name: 'Never seen', exact: true })), true, 'the focus stays at hand');
  await press(page, 'Add');
  await warned(adding(page), '2 of 3 done').waitFor();
  await shot('add-phone-after');
  await axe();
  await soon(async () => (await area(page).inputValue()).trim().split('\n'), ['ghost_of_nobody', '..']);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `${width} px wide`);
  assert.deepEqual((await people(api, 'sales_group')).members, ['alice', 'emil', 'hana', 'ines', 'mateo', 'rosa', 'zoe']);
});

for (const colorScheme of ['light', 'dark']) {
  journey(`how it looks, ${colorScheme}`, { colorScheme }, async ({ page, api, axe, shot }) => {
    await openAdd(page, 'Sales');
    await paste(page, 'E-Mail;Role\nemil@example.org;Admin\nzeo@example.org;Member\nrosa@example.org;Admin\nlea@example.org;Boss\nrosa@example.org;Admin');
    await adding(page).getByRole('radio', { name: 'the part before @', exact: true }).check();
    await sum(page, '2 will be added · 1 of them never seen here · 1 is in already · 1 twice · 1 unreadable');
    await axe();
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 900 });
      await shot(`add-${colorScheme}-${width}`);
      await adding(page).evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await shot(`add-${colorScheme}-${width}-end`);
      await adding(page).evaluate((element) => element.scrollTo(0, 0));
    }
    assert.equal((await everybody(api, 'sales_group')).length, 6);
  });
}
