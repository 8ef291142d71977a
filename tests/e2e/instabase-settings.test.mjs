// A group's settings on Instabase: its fields, renaming, leaving, deleting.
import assert from 'node:assert/strict';
import {
  allKeys, at, dialog, enter, fieldsOf, groupRow, meanwhile, openSettings, pathOf, people, said, soon,
  warned, writes,
} from './harness/instabase.mjs';
import { journey } from './harness/journey.mjs';

const field = (page, name) => page.getByRole('form', { name: 'Details', exact: true }).getByRole('textbox', { name });
const save = (page) => page.getByRole('button', { name: 'Save changes', exact: true }).click();
const saved = (page) => said(page, /^Saved \d\d:\d\d$/);
const region = (page, name) => page.getByRole('region', { name, exact: true });
const button = (page, name) => region(page, name).getByRole('button', { name, exact: true });
const hasFocus = (target) => target.evaluate((element) => element === document.activeElement);
/** What is wrong with a field, as a screen reader would say it. */
const faultOf = (page, name) =>
  field(page, name).evaluate((input) =>
    input.ariaInvalid === 'true'
      ? input.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id)?.innerText ?? '').join(' ')
      : undefined);

for (const [name, key, text] of [
  ['Display name', 'full_name', 'Legal & Compliance'],
  ['Description', 'description', 'Contracts.\nTwo lines.'],
  ['Photo URL', 'photo', 'https://photo.example.com/legal.png'],
]) {
  journey(`edit ${name}, alone`, {}, async ({ page, api, fault, axe }) => {
    const before = await fieldsOf(api, 'legal');
    await enter(page);
    await openSettings(page, 'Legal');
    await axe();
    await field(page, name).fill(text);
    await save(page);
    await saved(page).waitFor();
    assert.equal(await field(page, name).inputValue(), text);
    assert.deepEqual(await fieldsOf(api, 'legal'), { ...before, [key]: text });
    // Only what was changed is sent: what somebody else changed meanwhile stays.
    assert.deepEqual(writes(fault).map(({ body }) => Object.keys(JSON.parse(body)).length), [1]);
  });
}

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`edit all fields together; the page lives at the new address, the old one says not found${how}`, { quirks }, async ({ page, api, fault, expectRefused }) => {
    await enter(page);
    await openSettings(page, 'Legal');
    const old = at(page, 'groups/legal');
    await field(page, 'Display name').fill('Law');
    await field(page, 'Internal name').fill('law_2');
    await field(page, 'Description').fill('All of it.');
    await field(page, 'Photo URL').fill('https://photo.example.com/law.png');
    await save(page);
    await page.waitForURL(/\/groups\/law_2\/settings$/);
    await said(page, 'The page lives at its new address now.').waitFor();
    await page.getByRole('heading', { name: 'Law', exact: true, level: 1 }).waitFor();
    await soon(() => field(page, 'Internal name').inputValue(), 'law_2');
    assert.equal(await field(page, 'Description').inputValue(), 'All of it.');
    assert.equal(await field(page, 'Photo URL').inputValue(), 'https://photo.example.com/law.png');
    assert.equal(writes(fault).length, 1);
    // Its members are at the new address too.
    await page.getByRole('link', { name: 'Members' }).click();
    await page.waitForURL(/\/groups\/law_2$/);
    await said(page, /^4 · read/).waitFor();
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Groups', exact: true }).click();
    await groupRow(page, 'law_2').waitFor();
    assert.equal(await groupRow(page, 'legal').count(), 0);
    if (quirks) expectRefused(404);
    await page.goto(old);
    await page.getByRole('heading', { name: 'Nothing here', exact: true }).waitFor();
    await page.getByText('There is no group “legal” on Demo Instabase. It may have been renamed or deleted.').waitFor();
    assert.deepEqual(await fieldsOf(api, 'law_2'), {
      name: 'law_2', full_name: 'Law', description: 'All of it.', photo: 'https://photo.example.com/law.png',
    });
    assert.equal(await fieldsOf(api, 'legal'), undefined);
  });
}

journey('rename: going back does not lead to the old address', {}, async ({ page, api }) => {
  await enter(page);
  await openSettings(page, 'Legal');
  await field(page, 'Internal name').fill('Legal_EU');
  await save(page);
  await page.waitForURL(/\/groups\/Legal_EU\/settings$/);
  await field(page, 'Description').fill('Going on at the new address.');
  await save(page);
  await saved(page).waitFor();
  assert.equal((await fieldsOf(api, 'Legal_EU')).description, 'Going on at the new address.');
  assert.ok(!(await allKeys(api)).includes('legal'));
});

journey('a description and a photo are taken away by emptying their fields', {}, async ({ page, api }) => {
  await enter(page);
  await openSettings(page, 'Engineering');
  await field(page, 'Description').fill('');
  await field(page, 'Photo URL').fill('');
  await save(page);
  await saved(page).waitFor();
  const { description, photo } = await fieldsOf(api, 'eng_group');
  assert.deepEqual([description, photo], ['', '']);
});

journey('nothing changed: it says so and sends nothing', {}, async ({ page, api, fault }) => {
  await enter(page);
  await openSettings(page, 'Legal');
  await save(page);
  await said(page, 'Nothing was changed, so nothing was sent.').waitFor();
  assert.equal(writes(fault).length, 0);
  assert.equal((await fieldsOf(api, 'legal')).full_name, 'Legal');
});

journey('an invalid internal name: why, beside the field, and nothing typed is lost', {}, async ({ page, api, fault, axe }) => {
  await enter(page);
  await openSettings(page, 'Legal');
  await field(page, 'Description').fill('Typed before.');
  for (const [typed, why] of [
    ['le', 'Use at least 3 characters; this has 2.'],
    ['legal-eu', 'Use only letters A to Z, digits and underscores; “-” cannot stand in it.'],
    ['legal eu', 'a space cannot stand in it.'],
    ['é'.repeat(3), '“é” cannot stand in it.'],
    ['x'.repeat(101), 'Use at most 100 characters; this has 101.'],
  ]) {
    await field(page, 'Internal name').fill(typed);
    await save(page);
    await page.getByText(why).waitFor();
    assert.ok((await faultOf(page, 'Internal name')).includes(why));
    await soon(() => hasFocus(field(page, 'Internal name')), true, 'the field has the focus');
    assert.equal(await field(page, 'Internal name').inputValue(), typed);
  }
  await axe();
  await field(page, 'Photo URL').fill('javascript:alert(1)');
  await save(page);
  await page.getByText('Give a whole address that begins with https://, or leave it empty.').waitFor();
  assert.equal(await field(page, 'Description').inputValue(), 'Typed before.');
  assert.equal(writes(fault).length, 0);
  // Mended, it goes on from there.
  await field(page, 'Internal name').fill('legal');
  assert.equal(await faultOf(page, 'Internal name'), undefined);
  await field(page, 'Photo URL').fill('');
  await save(page);
  await saved(page).waitFor();
  assert.equal((await fieldsOf(api, 'legal')).description, 'Typed before.');
});

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`a name that another group has: the server's own words, and what was typed is kept${how}`, { quirks }, async ({ page, api, expectRefused, axe }) => {
    if (quirks) expectRefused(409);
    await enter(page);
    await openSettings(page, 'Legal');
    await field(page, 'Internal name').fill('design');
    await field(page, 'Description').fill('Typed before.');
    await save(page);
    await warned(page, 'Group (design) already exists').waitFor();
    await axe();
    assert.equal(await field(page, 'Internal name').inputValue(), 'design');
    assert.equal(await field(page, 'Description').inputValue(), 'Typed before.');
    assert.match(page.url(), /\/groups\/legal\/settings$/);
    await field(page, 'Internal name').fill('design_2');
    await save(page);
    await page.waitForURL(/\/groups\/design_2\/settings$/);
    assert.equal((await fieldsOf(api, 'design_2')).description, 'Typed before.');
    assert.equal((await fieldsOf(api, 'design')).full_name, 'Design');
  });
}

journey('not permitted: the server’s words, and what was typed is kept', {}, async ({ page, api, axe }) => {
  await enter(page, 'dave');
  await openSettings(page, 'Legal');
  await field(page, 'Description').fill('Dave was here.');
  await save(page);
  await warned(page, 'You are not permitted to change group (legal)').waitFor();
  assert.equal(await field(page, 'Description').inputValue(), 'Dave was here.');
  await axe();
  assert.equal((await fieldsOf(api, 'legal')).description, 'Contracts and questions of law.');
});

journey('an answer that is lost: what the read shows is what is said, and nothing typed is lost', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  await enter(page);
  await openSettings(page, 'Legal');
  const lost = fault.on('PATCH', pathOf('legal'), { lose: true });
  await field(page, 'Description').fill('Done, and not heard of.');
  await save(page);
  await saved(page).waitFor();
  lost.off();
  // Not even sent: then it is not done, and said so.
  const refused = fault.on('PATCH', pathOf('legal'), { refuse: true });
  await field(page, 'Description').fill('Not done.');
  await save(page);
  await warned(page, 'Not done: the server could not be reached').waitFor();
  assert.equal(await field(page, 'Description').inputValue(), 'Not done.');
  assert.equal((await fieldsOf(api, 'legal')).description, 'Done, and not heard of.');
  refused.off();
  await save(page);
  await saved(page).waitFor();
  assert.equal((await fieldsOf(api, 'legal')).description, 'Not done.');
});

journey('what somebody else changed meanwhile is not overwritten, and what is typed stays', {}, async ({ page, api }) => {
  await enter(page);
  await openSettings(page, 'Legal');
  await field(page, 'Description').fill('Mine.');
  await meanwhile(api, pathOf('legal'), { method: 'PATCH', body: { full_name: 'Legal, renamed' } });
  await save(page);
  await saved(page).waitFor();
  await soon(() => field(page, 'Display name').inputValue(), 'Legal, renamed');
  await page.getByRole('heading', { name: 'Legal, renamed', exact: true, level: 1 }).waitFor();
  const { full_name, description } = await fieldsOf(api, 'legal');
  assert.deepEqual([full_name, description], ['Legal, renamed', 'Mine.']);
});

journey('a connection that only looks changes nothing', {}, async ({ page, api, fault, axe }) => {
  await enter(page, 'alice', { lookOnly: true });
  await openSettings(page, 'Legal');
  await page.getByRole('note').filter({ hasText: 'This connection only looks' }).waitFor();
  await page.getByRole('button', { name: 'Save changes', exact: true, disabled: true }).waitFor();
  assert.ok(await button(page, 'Leave group').isDisabled());
  assert.ok(await button(page, 'Delete group').isDisabled());
  await axe();
  // Enter in a field sends a form whatever its button says.
  await field(page, 'Display name').fill('Law');
  await field(page, 'Display name').press('Enter');
  assert.equal(writes(fault).length, 0);
  assert.equal((await fieldsOf(api, 'legal')).full_name, 'Legal');
});

journey('leave, as an admin: a question first, and back at the list', {}, async ({ page, api, fault, axe }) => {
  await enter(page, 'carol');
  await openSettings(page, 'Data Science');
  await button(page, 'Leave group').click();
  const question = dialog(page, 'Leave Data Science?');
  await question.waitFor();
  await soon(() => hasFocus(question.getByRole('button', { name: 'Stay', exact: true })), true, 'the safe answer has the focus');
  await axe();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  assert.equal(writes(fault).length, 0);
  await button(page, 'Leave group').click();
  await question.getByRole('button', { name: 'Leave group', exact: true }).click();
  await page.waitForURL(/\/groups$/);
  await said(page, 'You left “Data Science”.').waitFor();
  // From both of her roles.
  assert.deepEqual(await people(api, 'data_science'), { admins: ['priya'], members: ['bob', 'emil', 'mei', 'nadia'] });
});

journey('leave, as the last admin: the question says what that means', {}, async ({ page, api }) => {
  await enter(page, 'carol');
  await openSettings(page, 'Team 10');
  await button(page, 'Leave group').click();
  const question = dialog(page, 'Leave Team 10?');
  await question.getByText('This is the last admin').waitFor();
  await question.getByRole('button', { name: 'Stay', exact: true }).click();
  await question.waitFor({ state: 'detached' });
  assert.deepEqual((await people(api, 'Team_10')).admins, ['carol']);
});

journey('leave, as a plain member: where the server refuses, its words, and one is still in', {}, async ({ page, api, axe }) => {
  await enter(page, 'dave');
  await openSettings(page, 'Team 2');
  // Either it is not offered and says why, or the refusal is shown.
  await button(page, 'Leave group').click();
  const question = dialog(page, 'Leave Team 2?');
  await question.getByRole('button', { name: 'Leave group', exact: true }).click();
  await warned(question, 'You are not permitted to change group (Team_2)').waitFor();
  await axe();
  await question.getByRole('button', { name: 'Stay', exact: true }).click();
  await question.waitFor({ state: 'detached' });
  assert.ok((await people(api, 'Team_2')).members.includes('dave'));
});

journey('leave is off in a group that one is not in, and says why', {}, async ({ page, api }) => {
  await enter(page, 'dave');
  await openSettings(page, 'Legal');
  assert.ok(await button(page, 'Leave group').isDisabled());
  await region(page, 'Leave group').getByText('You are not in this group.', { exact: true }).waitFor();
  assert.ok(!(await people(api, 'legal')).members.includes('dave'));
});

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`delete: who loses it, the typed key, and back at the list with a message${how}`, { quirks }, async ({ page, api, fault, expectRefused, axe }) => {
    // The read after it, which finds nothing.
    if (quirks) expectRefused(404);
    await enter(page);
    await openSettings(page, 'Research');
    await button(page, 'Delete group').click();
    const question = dialog(page, 'Delete Research');
    await question.getByText('15 people lose it, 3 of them admins.').waitFor();
    await question.getByText('What it opens elsewhere, Muster cannot see.').waitFor();
    await soon(() => hasFocus(question.getByRole('button', { name: 'Cancel', exact: true })), true, 'the safe answer has the focus');
    await axe();
    const typed = question.getByRole('textbox', { name: 'Type research to confirm', exact: true });
    const go = question.getByRole('button', { name: 'Delete group', exact: true });
    // Not the key, and not its name.
    for (const text of ['', 'Research', 'resear']) {
      await typed.fill(text);
      await typed.press('Enter');
      await question.getByText('Type research, just as it stands above.').waitFor();
    }
    assert.equal(writes(fault).length, 0);
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    await button(page, 'Delete group').click();
    await typed.fill('research');
    await go.click();
    await page.waitForURL(/\/groups$/);
    await said(page, '“Research” was deleted.').waitFor();
    await said(page, /^35 of 35/).waitFor();
    assert.equal(await groupRow(page, 'research').count(), 0);
    assert.ok(!(await allKeys(api)).includes('research'));
    assert.deepEqual(writes(fault).map(({ method, path }) => [method, path]), [['DELETE', pathOf('research')]]);
  });
}

journey('delete: nothing closes the dialog while it runs (lapdev), and a refusal keeps it open', {}, async ({ page, api, fault, axe }) => {
  await enter(page, 'dave');
  await openSettings(page, 'Legal');
  const slow = fault.on('DELETE', pathOf('legal'), { delay: 1200 });
  await button(page, 'Delete group').click();
  const question = dialog(page, 'Delete Legal');
  await question.getByRole('textbox', { name: 'Type legal to confirm', exact: true }).fill('legal');
  const struck = slow.struck();
  await question.getByRole('button', { name: 'Delete group', exact: true }).click();
  await struck;
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.mouse.click(5, 400);
  await question.getByRole('button', { name: 'Deleting…', exact: true }).waitFor();
  await warned(question, 'You are not permitted to change group (legal)').waitFor();
  await axe();
  assert.equal(await question.getByRole('textbox', { name: 'Type legal to confirm', exact: true }).inputValue(), 'legal');
  assert.ok((await allKeys(api)).includes('legal'));
});

for (const quirks of [false, true]) {
  const how = quirks ? ', under the other answers' : '';
  journey(`deleted meanwhile, before saving: it says so, and what was typed is kept${how}`, { quirks }, async ({ page, api, expectRefused }) => {
    if (quirks) expectRefused(404);
    await enter(page);
    await openSettings(page, 'Legal');
    await field(page, 'Description').fill('Typed before.');
    await meanwhile(api, pathOf('legal'), { method: 'DELETE' });
    await save(page);
    await page.getByText('There is no group “legal” on Demo Instabase. It may have been renamed or deleted.').waitFor();
    await page.getByText('What you typed for it was not sent, and is kept.').waitFor();
    await page.getByText('Typed before.', { exact: true }).waitFor();
    // One can go on from there.
    await page.getByRole('link', { name: 'All groups', exact: true }).click();
    await page.getByRole('heading', { name: 'Groups', exact: true, level: 1 }).waitFor();
    assert.ok(!(await allKeys(api)).includes('legal'));
  });

  journey(`deleted meanwhile, before opening: it says so, and the list no longer has it${how}`, { quirks }, async ({ page, api, expectRefused }) => {
    if (quirks) expectRefused(404);
    await enter(page);
    await groupRow(page, 'legal').waitFor();
    await meanwhile(api, pathOf('legal'), { method: 'DELETE' });
    await page.getByRole('link', { name: 'Legal', exact: true }).click();
    await page.getByRole('heading', { name: 'Nothing here', exact: true }).waitFor();
    await page.getByText('There is no group “legal” on Demo Instabase. It may have been renamed or deleted.').waitFor();
    await page.getByRole('link', { name: 'All groups', exact: true }).click();
    await said(page, /^35 of 35/).waitFor();
    assert.equal(await groupRow(page, 'legal').count(), 0);
    assert.ok(!(await allKeys(api)).includes('legal'));
  });
}

journey('deleted meanwhile, before deleting it: nothing is claimed that this page did not do', {}, async ({ page, api }) => {
  await enter(page);
  await openSettings(page, 'Legal');
  await button(page, 'Delete group').click();
  const question = dialog(page, 'Delete Legal');
  await question.getByRole('textbox', { name: 'Type legal to confirm', exact: true }).fill('legal');
  await meanwhile(api, pathOf('legal'), { method: 'DELETE' });
  await question.getByRole('button', { name: 'Delete group', exact: true }).click();
  await warned(question, 'Group (legal) not found').waitFor();
  assert.ok(!(await allKeys(api)).includes('legal'));
});

journey('in dark, on a phone: edit and delete', { viewport: 'phone', colorScheme: 'dark' }, async ({ page, api, axe }) => {
  await enter(page);
  await openSettings(page, 'Legal');
  await field(page, 'Description').fill('Short.');
  await save(page);
  await saved(page).waitFor();
  assert.equal((await fieldsOf(api, 'legal')).description, 'Short.');
  await axe();
  await button(page, 'Delete group').click();
  const question = dialog(page, 'Delete Legal');
  await question.getByRole('textbox', { name: 'Type legal to confirm', exact: true }).fill('legal');
  await axe();
  await question.getByRole('button', { name: 'Delete group', exact: true }).click();
  await said(page, '“Legal” was deleted.').waitFor();
  assert.ok(!(await allKeys(api)).includes('legal'));
});
