// Import: a file or cells, matched by hand where their words do not tell, until nothing is open.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { enter, membersOf, meanwhile, pathOf, people, said, soon, warned, writes } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { groupsAreRead } from './harness/steps.mjs';

const open = async (page, user = 'alice', system = 'Instabase') => {
  if (system === 'Instabase') await enter(page, user);
  else await connect(page, { system, user });
  await groupsAreRead(page);
  await page.getByRole('link', { name: 'Import…', exact: true }).click();
  await page.getByRole('heading', { name: 'Import', exact: true, level: 1 }).waitFor();
};
const choose = (page, name, content) =>
  page.getByLabel('Choose a file', { exact: true }).setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
const cells = (page) => page.getByRole('textbox', { name: 'Paste cells', exact: true });
const paste = async (page, text) => {
  await cells(page).fill(text);
  await page.getByRole('button', { name: 'Read cells', exact: true }).click();
};
const sum = (page, words) => said(page.getByRole('region', { name: '2 Match' }), words).waitFor();
const column = (page, name) => page.getByRole('combobox', { name, exact: true });
const chosen = (select) => select.evaluate((element) => element.selectedOptions[0]?.textContent.trim());
const settle = (page, list, text) => page.getByRole('list', { name: list }).getByRole('listitem').filter({ has: page.getByText(text, { exact: true }) });
const goOn = (page) => page.getByRole('button', { name: 'Review changes', exact: true });
/** Goes on to the review; what was brought is settled. */
const review = async (page, title) => {
  await goOn(page).and(page.locator(':not([aria-disabled])')).click();
  await page.getByRole('region', { name: '3 Review', exact: true }).getByText(title).first().waitFor();
};
const windows = (text) => Buffer.from([...text].map((c) => (c === '€' ? 0x80 : c.codePointAt(0))));

journey('a CSV file is chosen: its headings tell, a line says the same again, nothing is sent', {}, async ({ page, fault, api, axe, shot }) => {
  const before = await people(api, 'sales_group');
  await open(page);
  await axe();
  await shot('import-bring');
  await choose(page, 'teams.csv', 'Team,E-Mail,Role\r\nSales,emil@example.com,Admin\r\nsales_group,lea@example.com,\r\nSALES,Emil Berg <emil@example.com>,Admins\r\n');
  await page.getByText('teams.csv', { exact: true }).waitFor();
  await page.getByText('4 lines · read as UTF-8').waitFor();
  await sum(page, '1 group found · 2 people in groups · 1 line says the same again');
  for (const [name, title] of [['Group', 'Team'], ['Person', 'E-Mail'], ['Role', 'Role'], ['Of an address use', 'part before @']]) assert.equal(await chosen(column(page, name)), title);
  await shot('import-match');
  await review(page, 'Import teams.csv');
  await axe();
  assert.equal(writes(fault).length, 0);
  assert.deepEqual(await people(api, 'sales_group'), before);
});

journey('semicolons in Windows-1252: umlauts are read, and said how', {}, async ({ page }) => {
  await open(page);
  await choose(page, 'gruppen.csv', windows('Gruppe;Benutzer;Rolle;Beschreibung\r\nÖkologie;lea;Member;Größe über 5 €\r\nBüro Berlin;björn;;\r\n'));
  await page.getByText('3 lines · read as Windows-1252').waitFor();
  await page.getByRole('cell', { name: 'Größe über 5 €', exact: true }).waitFor();
  await sum(page, '2 groups found · 2 people in groups');
  await review(page, 'Import gruppen.csv');
});

journey('a workbook gets a sentence that says how to bring it, and so does what is no text', {}, async ({ page, axe }) => {
  await open(page);
  await choose(page, 'teams.xlsx', Buffer.from('PK\u0003\u0004\u0014\u0000\u0006\u0000', 'latin1'));
  await warned(page, 'teams.xlsx: This is a workbook (.xlsx), which cannot be read here. Save it as CSV').waitFor();
  await axe();
  await choose(page, 'photo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]));
  await warned(page, 'This file is not text').waitFor();
  await paste(page, '[{"group": ');
  await warned(page, 'It begins as JSON does').waitFor();
  await paste(page, 'group\tuser\nSales\tlea\n');
  await sum(page, '1 group found');
  assert.equal(await page.getByRole('alert').count(), 0);
});

journey('a name of several groups is asked, a near one suggested, a missing one created only where ticked', {}, async ({ page, axe, shot }) => {
  await open(page);
  await paste(page, 'New team\tUser\nPE Prod Data EU Read\tlea\nSlaes\tlea\nWater Works\tlea\nWater Works\tmei\nXY\tlea\n');
  await sum(page, '1 name fits several groups · 3 not found');
  await goOn(page).press('Enter');
  await page.getByText('4 things have to be settled or left out first.').waitFor();
  await axe();
  await shot('import-groups');
  await column(page, 'Group for PE Prod Data EU Read').selectOption({ label: 'PE Prod Data EU Read (prod_data_eu_read2)' });
  await settle(page, 'Groups to settle', 'Slaes').getByText('line 3 · not found · did you mean Sales (sales_group)?').waitFor();
  await page.getByRole('button', { name: 'Use Sales (sales_group)', exact: true }).click();
  await settle(page, 'Groups to settle', 'XY').getByText(/cannot be created: .*at least 3 characters/).waitFor();
  await page.getByRole('checkbox', { name: 'Create missing groups', exact: true }).check();
  await settle(page, 'Groups to settle', 'Water Works').getByText('line 4 and 1 more · will be created as water_works').waitFor();
  await page.getByRole('button', { name: 'Leave out XY', exact: true }).click();
  await sum(page, '2 groups found · 1 group to be created · 4 people in groups · 1 left out');
  // Unticked, it is open again.
  await page.getByRole('checkbox', { name: 'Create Water Works', exact: true }).uncheck();
  await page.getByText('One thing has to be settled or left out first.').waitFor();
  await page.getByRole('checkbox', { name: 'Create Water Works', exact: true }).check();
  await axe();
  await review(page, 'Import pasted cells');
});

journey('what is wrong is said by line and column, and settled or left out one by one or all of a kind', {}, async ({ page, axe, shot }) => {
  await open(page);
  await paste(page, 'group,person,role\nsales_group,lea,boss\nsales_group,emil,member,x\n,mei,member\nsales_group,,member\nsales_group,"omar,member\nlegal,,admin\nlegal,zoe,member\nsales_group,lea,admin\nlegal,zoe,admin\n');
  const title = (line, column) => page.getByText(`Line ${line}, column “${column}”`, { exact: true });
  await title(2, 'role').waitFor();
  await page.getByText('“boss” is no role here.').waitFor();
  await title(3, 'Column 4').waitFor();
  await title(4, 'group').waitFor();
  for (const line of [5, 7]) await title(line, 'person').waitFor();
  await title(6, 'person').waitFor();
  await title(10, 'person').waitFor();
  await page.getByText('Line 8 says something else of the same person in the same group.').waitFor();
  await axe();
  await shot('import-lines');
  await page.getByRole('combobox', { name: '“boss” means' }).selectOption({ label: 'Member' });
  // Now the line says something else than the one that made her admin.
  await page.getByText('Line 2 says something else of the same person in the same group.').waitFor();
  await page.getByRole('button', { name: 'Use this line: all 2', exact: true }).click();
  await page.getByRole('button', { name: 'Take it as it stands: line 3', exact: true }).click();
  await page.getByRole('button', { name: 'Use the group above: line 4', exact: true }).click();
  await page.getByRole('button', { name: 'Leave out all 2', exact: true }).click();
  await page.getByRole('button', { name: 'Leave out line 6', exact: true }).click();
  await sum(page, '2 groups found · 4 people in groups · 2 lines say the same again · 3 left out');
  await page.getByRole('button', { name: 'Take back all choices', exact: true }).click();
  await sum(page, '7 lines to settle');
});

journey('somebody never seen: the spelling is questioned, and the known name taken', {}, async ({ page }) => {
  await open(page);
  await paste(page, 'group,user\nsales_group,fiorna\nsales_group,newcomer\n');
  await sum(page, '1 group found · 2 people in groups · 2 never seen');
  await settle(page, 'Never seen', 'fiorna').getByText('line 2 · never seen · did you mean fiona?').waitFor();
  await page.getByRole('button', { name: 'Use fiona', exact: true }).click();
  await settle(page, 'Never seen', 'fiorna').getByText('line 2 · means fiona').waitFor();
  await page.getByRole('button', { name: 'Leave out newcomer', exact: true }).click();
  await sum(page, '1 person in a group · 2 never seen · 1 left out');
  await review(page, 'Import pasted cells');
});

journey('a reload keeps what was brought and what was decided', {}, async ({ page }) => {
  await open(page);
  await choose(page, 'teams.csv', 'a;b\nSlaes;lea\nnowhere;emil\n');
  await page.getByRole('heading', { name: '2 Match', exact: true }).waitFor();
  await page.getByRole('checkbox', { name: 'The first line is a heading', exact: true }).check();
  await column(page, 'Group').selectOption({ label: 'a' });
  await column(page, 'Person').selectOption({ label: 'b' });
  await page.getByRole('button', { name: 'Use Sales (sales_group)', exact: true }).click();
  await page.getByRole('button', { name: 'Leave out nowhere', exact: true }).click();
  await sum(page, '1 group found · 1 person in a group · 1 left out');
  await page.waitForFunction(() => Object.keys(sessionStorage).some((key) => key.endsWith('/import') && sessionStorage[key].includes('"out"')));
  await page.reload();
  await page.getByText('teams.csv', { exact: true }).waitFor();
  await sum(page, '1 group found · 1 person in a group · 1 left out');
  assert.equal(await chosen(column(page, 'Person')), 'b');
  await page.getByRole('button', { name: 'Bring something else', exact: true }).click();
  await cells(page).waitFor();
  await page.waitForFunction(() => !Object.keys(sessionStorage).some((key) => key.endsWith('/import')));
});

journey('a file dropped on the page is taken, and one too large to be kept says so', {}, async ({ page }) => {
  await open(page);
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    const rows = Array.from({ length: 9000 }, (_, n) => `sales_group,person_${n},${'x'.repeat(600)}`);
    data.items.add(new File([`group,user,note\n${rows.join('\n')}`], 'large.csv'));
    return data;
  });
  await page.getByRole('main').dispatchEvent('drop', { dataTransfer: transfer });
  await page.getByText('large.csv', { exact: true }).waitFor();
  await page.getByText('after a reload it has to be brought again').waitFor();
  await sum(page, '9 000 never seen');
  // What cannot be read does not take its place.
  const workbook = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['PK\u0003\u0004\u0014'], 'other.xlsx'));
    return data;
  });
  await page.getByRole('main').dispatchEvent('drop', { dataTransfer: workbook });
  await warned(page, 'other.xlsx: This is a workbook').waitFor();
  await sum(page, '9 000 never seen');
});

journey('by keyboard on a phone: cells are read with Tab and Enter, and the focus is where one goes on', { viewport: 'phone' }, async ({ page, axe, shot }) => {
  await open(page);
  await cells(page).focus();
  await page.keyboard.insertText('group\tuser\nSlaes\tlea\n');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const heading = page.getByRole('heading', { name: '2 Match', exact: true });
  await soon(() => heading.evaluate((element) => element === document.activeElement), true);
  await page.getByRole('button', { name: 'Use Sales (sales_group)', exact: true }).focus();
  await page.keyboard.press('Enter');
  await sum(page, '1 group found');
  // The button is gone: one goes on from its list.
  const list = page.getByRole('list', { name: 'Groups to settle', exact: true });
  await soon(() => list.evaluate((element) => element === document.activeElement || element.contains(document.activeElement)), true);
  await axe();
  await shot('import-phone');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen');
});

journey('on snip: groups by id or name, people by their addresses, an ambiguous name with its ids', {}, async ({ page, fault, shot }) => {
  await open(page, 'carol', 'snip');
  await paste(page, 'group,e-mail,role\n2,emil@example.com,Moderator\nRöntgenphysik,dave@example.com,member\nTest Group,nobody@example.com,member\n');
  await sum(page, '2 groups found · 1 name fits several groups · 2 people in groups · 1 never seen');
  await column(page, 'Group for Test Group').selectOption({ label: 'Test Group #4' });
  await sum(page, '3 groups found · 3 people in groups · 1 never seen');
  await shot('import-snip');
  await review(page, 'Import pasted cells');
  assert.equal(writes(fault).length, 0);
});

const apply = async (page, count) => {
  await page.getByRole('button', { name: count === 1 ? 'Apply 1 change' : `Apply ${count} changes`, exact: true }).click();
  await said(page, /Nothing is left to do/).waitFor();
};
const back = (page) => page.getByRole('button', { name: 'Back', exact: true }).click();
const download = async (page, form) => {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Export', exact: true });
  await dialog.getByRole('radio', { name: /^Everything|members/ }).first().check();
  await dialog.getByRole('radio', { name: form, exact: true }).check();
  const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Save file', exact: true }).click()]);
  return readFileSync(await file.path());
};

for (const quirks of [false, true]) {
  journey(`a file is applied: a group made, people in and out, a role; then nothing is left to do${quirks ? ' (quirks)' : ''}`, { quirks }, async ({ page, api, fault, axe, shot }) => {
    await open(page);
    await choose(page, 'moves.csv', 'Group;Description;Person;Role;Action\r\nWater Works;Pumps and pipes;lea;Admin;add\r\nWater Works;;mei;;add\r\nSales;;lea;Member;add\r\nSales;;hana;Admin;keep\r\nSales;;ines;;remove\r\n');
    await page.getByRole('checkbox', { name: 'Create missing groups', exact: true }).check();
    await sum(page, '1 group found · 1 group to be created · 5 people in groups');
    await review(page, 'Import moves.csv');
    await shot('import-review');
    await axe();
    assert.equal(writes(fault).length, 0);
    await apply(page, 6);
    await axe();
    // Some servers list those who are admins among the members too.
    const made = await people(api, 'water_works');
    assert.deepEqual({ ...made, members: made.members.filter((name) => !made.admins.includes(name)) }, { admins: ['lea'], members: ['mei'] });
    const { body } = await api(pathOf('water_works'));
    assert.equal(body.group.description, 'Pumps and pipes');
    const sales = await people(api, 'sales_group');
    assert.ok(sales.admins.includes('hana') && sales.members.includes('lea'));
    assert.ok(![...sales.admins, ...sales.members].includes('ines'));
    // The same again: the group is there now, and nothing has to be done.
    const before = writes(fault).length;
    await back(page);
    await sum(page, '2 groups found · 5 people in groups');
    await review(page, 'Import moves.csv');
    await page.getByText('Nothing is left to do.').waitFor();
    assert.equal(writes(fault).length, before);
  });
}

journey('an export that is brought back shows nothing to do, in either form; somebody else’s change shows', {}, async ({ page, api, fault, axe }) => {
  await enter(page);
  await groupsAreRead(page);
  const files = [['all.csv', await download(page, 'CSV')], ['all.json', await download(page, 'JSON')]];
  await page.getByRole('link', { name: 'Import…', exact: true }).click();
  for (const [name, bytes] of files) {
    await choose(page, name, bytes);
    await page.getByText(name, { exact: true }).waitFor();
    await sum(page, '36 groups found');
    await review(page, `Import ${name}`);
    for (const mode of ['Add what is missing', 'Make it exactly so']) {
      await page.getByRole('radio', { name: mode, exact: true }).check();
      await page.getByText('Nothing is left to do.').waitFor();
    }
    await back(page);
    await page.getByRole('button', { name: 'Bring something else', exact: true }).click();
  }
  await axe();
  assert.equal(writes(fault).length, 0);
  // Somebody comes in past the app: brought back, what was exported takes them out again.
  const before = await people(api, 'support_l1');
  const other = ['lea', 'emil', 'zoe', 'omar', 'mei'].find((name) => ![...before.admins, ...before.members].includes(name));
  await meanwhile(api, membersOf('support_l1'), { body: { admin: {}, member: { [other]: true } } });
  await page.reload();
  await choose(page, ...files[1]);
  await review(page, 'Import all.json');
  await page.getByText('Nothing is left to do.').waitFor();
  await page.getByRole('radio', { name: 'Make it exactly so', exact: true }).check();
  await apply(page, 1);
  assert.deepEqual(await people(api, 'support_l1'), before);
});

journey('on snip too an export that is brought back shows nothing to do', {}, async ({ page, fault }) => {
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  const files = [['mine.csv', await download(page, 'CSV')], ['mine.json', await download(page, 'JSON')]];
  await page.getByRole('link', { name: 'Import…', exact: true }).click();
  for (const [name, bytes] of files) {
    await choose(page, name, bytes);
    await review(page, `Import ${name}`);
    await page.getByRole('radio', { name: 'Make it exactly so', exact: true }).check();
    await page.getByText('Nothing is left to do.').waitFor();
    await back(page);
    await page.getByRole('button', { name: 'Bring something else', exact: true }).click();
  }
  assert.equal(writes(fault).length, 0);
});

journey('the page is loaded again in mid-run: what was brought is there, and the rest is applied', {}, async ({ page, api, fault }) => {
  const { body } = await api('/api/v1/groups/list?get_members=true');
  const without = body.groups.filter(({ admins, members }) => ![...admins, ...members].some(({ name }) => name === 'lea'));
  const [one, two, three, four] = without.map(({ name }) => name);
  await open(page);
  await paste(page, `group\tuser\n${[one, two, three, four].map((key) => `${key}\tlea\n`).join('')}`);
  await sum(page, '4 people in groups');
  await review(page, 'Import pasted cells');
  // One call never comes to the server.
  const hang = fault.on('POST', membersOf(two), { hang: true });
  const struck = hang.struck();
  await page.getByRole('button', { name: 'Apply 4 changes', exact: true }).click();
  await struck;
  // The others do: what a page that goes away has under way may still be dropped.
  for (const key of [one, three, four]) await soon(async () => (await people(api, key)).members.includes('lea'), true);
  await page.reload();
  hang.off();
  await sum(page, '4 people in groups');
  await page.getByText('Pasted cells', { exact: true }).waitFor();
  await review(page, 'Import pasted cells');
  await apply(page, 1);
  for (const key of [one, two, three, four]) assert.ok((await people(api, key)).members.includes('lea'), key);
});

journey('on snip what can be done is applied, and whom nobody can add here is told with the address', {}, async ({ page, api, axe }) => {
  const roles = async (id) => {
    const { body } = await api(`/api/account/groups/${id}`, { token: TOKENS.carol });
    return Object.fromEntries(body.members.map(({ emails, role }) => [emails[0].split('@')[0], role]));
  };
  await open(page, 'carol', 'snip');
  await paste(page, 'group\te-mail\trole\taction\tdescription\n2\temil@example.com\tModerator\t\t\nwhatagroup\tmei@example.com\t\tremove\t\n2\tzoe@example.com\tMember\tadd\t\nNew notebook\t\t\t\tFor the new ones\n');
  await page.getByRole('checkbox', { name: 'Create New notebook', exact: true }).check();
  await sum(page, '1 group found · 1 group to be created · 3 people in groups · 1 never seen');
  await review(page, 'Import pasted cells');
  await page.getByText('1 thing cannot be done').waitFor();
  await page.getByText(/^Cannot on snip: People cannot be added/).waitFor();
  await page.getByRole('list', { name: 'Cannot be done', exact: true }).getByText('zoe@example.com in whatagroup', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Copy e-mails', exact: true }).waitFor();
  await axe();
  await apply(page, 3);
  const now = await roles(2);
  assert.equal(now.emil, 'moderator');
  assert.ok(!('mei' in now) && !('zoe' in now));
  const { body } = await api('/api/account/groups', { token: TOKENS.carol });
  const made = JSON.stringify(body).match(/New notebook/g);
  assert.ok(made, 'the group was made');
});

journey('two people of one name stay apart in the review', {}, async ({ page, fault, axe, shot }) => {
  await open(page);
  const twins = ['sam.one', 'sam.two'].map((person) => ({ person, name: 'Sam Lee', roles: ['member'] }));
  const groups = [['design', 'Design'], ['data_science', 'Data Science']].map(([key, display_name]) => ({ key, display_name, people: twins }));
  await choose(page, 'twins.json', JSON.stringify({ muster: 1, connection: 'x', system: 'Instabase', read: '', groups }));
  await review(page, 'Import twins.json');
  const changes = page.getByRole('table', { name: 'Changes', exact: true });
  await page.getByRole('button', { name: 'By person', exact: true }).click();
  await soon(() => changes.getByRole('checkbox', { name: 'All of Sam Lee', exact: true }).count(), 2);
  const heads = changes.getByRole('row').filter({ has: page.getByRole('checkbox', { name: 'All of Sam Lee', exact: true }) });
  assert.deepEqual(await heads.locator('code').allInnerTexts(), ['sam.one', 'sam.two']);
  await axe();
  await shot('review-twins');
  // What is struck of the one stays of the other.
  await heads.first().getByRole('checkbox').uncheck();
  await soon(() => heads.last().getByRole('checkbox').isChecked(), true);
  assert.equal(await heads.first().getByRole('checkbox').isChecked(), false);
  assert.equal(writes(fault).length, 0);
});
