// A new group on Instabase.
import assert from 'node:assert/strict';
import {
  allKeys, at, dialog, enter, enterUnnamed, fieldsOf, groupRow, membersOf, memberRow, pathOf, people, said, soon, warned, writes,
} from './harness/instabase.mjs';
import { TOKENS, journey } from './harness/journey.mjs';

const field = (page, name) => page.getByRole('form', { name: 'New group', exact: true }).getByRole('textbox', { name });
const addMe = (page) => page.getByRole('checkbox', { name: 'Add me as a group admin', exact: true });
const create = (page) => page.getByRole('button', { name: 'Create group', exact: true }).click();
const start = async (page, user, options) => {
  await enter(page, user, options);
  await page.getByRole('link', { name: 'New group', exact: true }).click();
  await page.getByRole('heading', { name: 'New group', exact: true, level: 1 }).waitFor();
};

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`made with every field and me as admin, landing on its page${how}`, { quirks }, async ({ page, api, fault, axe }) => {
    await start(page, 'alice');
    assert.equal(await page.title(), 'New group · Demo Instabase · Muster');
    await axe();
    await field(page, 'Display name').fill('PE Prod Data – Asia (Read)');
    await soon(() => field(page, 'Internal name').inputValue(), 'pe_prod_data_asia_read');
    await field(page, 'Description').fill('Read access in Asia.');
    await field(page, 'Photo URL').fill('https://photo.example.com/asia.png');
    await addMe(page).check();
    await create(page);
    await page.waitForURL(/\/groups\/pe_prod_data_asia_read$/);
    await page.getByRole('heading', { name: 'PE Prod Data – Asia (Read)', exact: true, level: 1 }).waitFor();
    await said(page, '“PE Prod Data – Asia (Read)” was made.').waitFor();
    await memberRow(page, 'alice').getByText('you', { exact: true }).waitFor();
    await memberRow(page, 'alice').getByText(/^Admin/).first().waitFor();
    assert.deepEqual(await fieldsOf(api, 'pe_prod_data_asia_read'), {
      name: 'pe_prod_data_asia_read', full_name: 'PE Prod Data – Asia (Read)', description: 'Read access in Asia.', photo: 'https://photo.example.com/asia.png',
    });
    assert.deepEqual((await people(api, 'pe_prod_data_asia_read')).admins, ['alice']);
    assert.deepEqual(writes(fault).map(({ path }) => path), [pathOf('pe_prod_data_asia_read'), membersOf('pe_prod_data_asia_read')]);
    // It is in the list without reading it again.
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Groups', exact: true }).click();
    await groupRow(page, 'pe_prod_data_asia_read').waitFor();
  });
}

journey('made without me: nobody is in it', {}, async ({ page, api }) => {
  await start(page, 'bob');
  await field(page, 'Display name').fill('Équipe Lyon');
  await addMe(page).uncheck();
  await create(page);
  await page.waitForURL(/\/groups\/equipe_lyon$/);
  await said(page, 'Nobody is in this group').waitFor();
  assert.deepEqual(await people(api, 'equipe_lyon'), { admins: [], members: [] });
});

journey('the internal name is proposed until it is edited by hand, and again once it is emptied', {}, async ({ page, api, fault }) => {
  await start(page, 'alice');
  await field(page, 'Display name').pressSequentially('Büro Köln');
  assert.equal(await field(page, 'Internal name').inputValue(), 'buro_koln');
  await field(page, 'Internal name').fill('office_cologne');
  await field(page, 'Display name').fill('Büro Köln 2');
  assert.equal(await field(page, 'Internal name').inputValue(), 'office_cologne');
  await field(page, 'Internal name').fill('');
  await field(page, 'Display name').fill('Büro Köln 3');
  assert.equal(await field(page, 'Internal name').inputValue(), 'buro_koln_3');
  assert.equal(writes(fault).length, 0);
  assert.ok(!(await allKeys(api)).includes('buro_koln_3'));
});

journey('a name that breaks the rule: why, beside the field, before anything is sent', {}, async ({ page, api, fault, axe }) => {
  await start(page, 'alice');
  await field(page, 'Display name').fill('東京');
  // Nothing can be proposed for it.
  assert.equal(await field(page, 'Internal name').inputValue(), '');
  await create(page);
  await page.getByText('Use at least 3 characters; this has 0.').waitFor();
  await soon(() => field(page, 'Internal name').evaluate((input) => input === document.activeElement && input.ariaInvalid === 'true'), true, 'the field has the focus');
  await axe();
  await field(page, 'Internal name').fill('tokyo-2');
  await create(page);
  await page.getByText('“-” cannot stand in it.').waitFor();
  assert.equal(await field(page, 'Display name').inputValue(), '東京');
  assert.equal(writes(fault).length, 0);
  await field(page, 'Internal name').fill('tokyo_2');
  await create(page);
  await page.waitForURL(/\/groups\/tokyo_2$/);
  assert.equal((await fieldsOf(api, 'tokyo_2')).full_name, '東京');
});

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`a name that is taken: the server's words, and what was typed is kept${how}`, { quirks }, async ({ page, api, expectRefused, axe }) => {
    if (quirks) expectRefused(409);
    const before = await fieldsOf(api, 'design');
    await start(page, 'alice');
    await field(page, 'Display name').fill('Design');
    await field(page, 'Description').fill('Another one.');
    await create(page);
    await warned(page, 'Group (design) already exists').waitFor();
    await axe();
    assert.equal(await field(page, 'Display name').inputValue(), 'Design');
    assert.equal(await field(page, 'Internal name').inputValue(), 'design');
    assert.equal(await field(page, 'Description').inputValue(), 'Another one.');
    assert.deepEqual(await fieldsOf(api, 'design'), before);
    await field(page, 'Internal name').fill('design_2');
    await create(page);
    await page.waitForURL(/\/groups\/design_2$/);
    assert.equal((await fieldsOf(api, 'design_2')).description, 'Another one.');
  });
}

journey('made, and adding me failed: both are told, and the second is tried again (Grafana)', {}, async ({ page, api, fault, expectRefused, axe }) => {
  expectRefused(500);
  await start(page, 'alice');
  fault.on('POST', membersOf('night_shift'), { status: 500 }, { times: 1 });
  await field(page, 'Display name').fill('Night Shift');
  await create(page);
  await page.waitForURL(/\/groups\/night_shift/);
  await page.getByText('“Night Shift” was made.').waitFor();
  await page.getByText(/You were not made an admin of it/).waitFor();
  assert.deepEqual(await people(api, 'night_shift'), { admins: [], members: [] });
  // What is left to do stands ready: me, as an admin.
  const adding = dialog(page, 'Add members');
  await adding.getByRole('list', { name: 'Chosen', exact: true }).getByRole('listitem').filter({ hasText: 'alice' }).waitFor();
  assert.equal(await adding.getByRole('combobox', { name: 'Role', exact: true }).evaluate((select) => select.selectedOptions[0].innerText.trim()), 'Admin');
  await axe();
  await adding.getByRole('button', { name: 'Add', exact: true }).click();
  await adding.getByText('added as Admin', { exact: true }).waitFor();
  await adding.getByRole('button', { name: 'Close', exact: true }).click();
  await memberRow(page, 'alice').waitFor();
  assert.deepEqual(await people(api, 'night_shift'), { admins: ['alice'], members: [] });
  // The group was made once.
  assert.equal(writes(fault).filter(({ path }) => path === pathOf('night_shift')).length, 1);
});

journey('an answer that is lost: it was made, and is not made twice', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  await start(page, 'alice');
  fault.on('POST', pathOf('night_shift'), { lose: true });
  await field(page, 'Display name').fill('Night Shift');
  await create(page);
  await page.waitForURL(/\/groups\/night_shift/);
  await memberRow(page, 'alice').waitFor();
  assert.deepEqual((await people(api, 'night_shift')).admins, ['alice']);
  assert.equal(writes(fault).filter(({ path }) => path === pathOf('night_shift')).length, 1);
});

journey('not permitted: the server’s words, and what was typed is kept', {}, async ({ page, api, axe }) => {
  await start(page, 'dave');
  await page.getByText('On Instabase groups are made by site admins and by holders of “manage groups”.').waitFor();
  await field(page, 'Display name').fill('Dave’s group');
  await field(page, 'Description').fill('Mine.');
  await create(page);
  await warned(page, 'You are not permitted to create groups').waitFor();
  await axe();
  assert.equal(await field(page, 'Display name').inputValue(), 'Dave’s group');
  assert.equal(await field(page, 'Description').inputValue(), 'Mine.');
  assert.ok(!(await allKeys(api)).includes('dave_s_group'));
});

journey('without a username “Add me as a group admin” is off and says why', {}, async ({ page, api }) => {
  await enterUnnamed(page, TOKENS.alice);
  await page.goto(at(page, 'new-group'));
  await addMe(page).waitFor();
  assert.ok(await addMe(page).isDisabled());
  assert.ok(!(await addMe(page).isChecked()));
  await page.getByText('Off: this connection does not know your username.', { exact: true }).waitFor();
  await field(page, 'Display name').fill('Nobody yet');
  await create(page);
  await page.waitForURL(/\/groups\/nobody_yet$/);
  assert.deepEqual(await people(api, 'nobody_yet'), { admins: [], members: [] });
});

journey('a connection that only looks makes nothing, and what was typed is kept', {}, async ({ page, api, fault }) => {
  await start(page, 'alice', { lookOnly: true });
  await page.getByRole('note').filter({ hasText: 'This connection only looks' }).waitFor();
  await field(page, 'Display name').fill('Night Shift');
  await create(page);
  await warned(page, 'This connection is set to “Look only”').waitFor();
  assert.equal(await field(page, 'Display name').inputValue(), 'Night Shift');
  assert.equal(writes(fault).length, 0);
  assert.ok(!(await allKeys(api)).includes('night_shift'));
});

journey('pressed twice while it runs, it is made once; with the keyboard alone', {}, async ({ page, api, fault }) => {
  await start(page, 'alice');
  fault.on('POST', pathOf('night_shift'), { delay: 800 });
  await field(page, 'Display name').focus();
  await page.keyboard.type('Night Shift');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Creating…', exact: true }).waitFor();
  await page.waitForURL(/\/groups\/night_shift$/);
  await memberRow(page, 'alice').waitFor();
  assert.equal(writes(fault).filter(({ path }) => path === pathOf('night_shift')).length, 1);
  assert.deepEqual((await people(api, 'night_shift')).admins, ['alice']);
});

journey('on a phone', { viewport: 'phone' }, async ({ page, api, axe }) => {
  await start(page, 'alice');
  await field(page, 'Display name').fill('Night Shift');
  await axe();
  await create(page);
  await page.waitForURL(/\/groups\/night_shift$/);
  await memberRow(page, 'alice').waitFor();
  assert.deepEqual((await people(api, 'night_shift')).admins, ['alice']);
});
