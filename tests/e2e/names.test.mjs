// Names that deceive: what cannot be seen, what turns directions and what looks alike is marked wherever a name stands, and said
// before anything is deleted or anybody taken out.
import assert from 'node:assert/strict';
import { at, dialog, enter, membersOf, openGroup, pathOf, soon } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { baseOf, copied, field, groupsAreRead } from './harness/steps.mjs';

/** Names with what is seen of them, and what is said. */
const ODD = {
  turned: ['Sales \u202eUE', 'Sales U+202EUE', 'This name holds characters that cannot be seen (U+202E right-to-left override).'],
  hidden: ['Sa\u200bles', 'SaU+200Bles', 'This name holds characters that cannot be seen (U+200B zero-width space).'],
  spaced: ['Sales\u00a0 EU', 'SalesU+00A0U+0020EU', 'This name holds characters that cannot be seen (U+00A0 no-break space, U+0020 space at an end or beside another).'],
  mixed: ['S\u0430les', 'S\u0430les', 'This name mixes letters of Latin and Cyrillic, which look alike.'],
};
const PLAIN = ['Команда EU', 'שלום', '山田\u3000太郎', 'Team 👩\u200d💻'];
const MALLORY = ['mal\u202elory', 'malU+202Elory', 'mal[U+202E]lory'];

/** Groups of these names on Instabase: their keys are plain. */
async function onInstabase({ api, server }) {
  for (const [key, [name]] of Object.entries(ODD)) await api(pathOf(`odd_${key}`), { method: 'POST', body: { full_name: name, description: `About ${name}` } });
  for (const [nth, name] of PLAIN.entries()) await api(pathOf(`plain_${nth}`), { method: 'POST', body: { full_name: name } });
  await server.run('user', 'add', '--email=mallory@example.com', MALLORY[0]);
  const made = await api(membersOf('odd_mixed'), { method: 'POST', body: { admin: { [MALLORY[0]]: true, alice: false }, member: { alice: true } } });
  assert.equal(made.body.status, 'OK');
}

const table = (page, name) => page.getByRole('table', { name });
const narrow = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
const heading = (page) => page.getByRole('heading', { level: 1 });
/** What is marked in a place, by what is seen of it and what is read out. */
const marks = (within) =>
  within.locator('.unseen, .foreign').evaluateAll((all) => all.map((mark) => [mark.textContent, mark.getAttribute('aria-label')]));
/** No character that turns directions or is not seen is in any text or label of the page, but in fields. */
const clean = (page) =>
  page.evaluate(() => {
    const odd = /[\u200b\u202a-\u202e\u2066-\u2069]/u;
    const bad = [];
    for (const element of document.querySelectorAll('body, body *')) {
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE && odd.test(node.data)) bad.push(node.data);
      for (const { name, value } of element.attributes) if (odd.test(value)) bad.push(`${name}: ${value}`);
    }
    return odd.test(document.title) ? [...bad, document.title] : bad;
  });

for (const viewport of ['wide', 'phone']) {
  for (const colorScheme of ['light', 'dark']) {
    journey(`names on Instabase are marked where they deceive (${viewport}, ${colorScheme})`, { viewport, colorScheme }, async (t) => {
      const { page, axe, shot } = t;
      await onInstabase(t);
      if (viewport === 'phone') await page.setViewportSize({ width: 320, height: 740 });
      await enter(page);
      await groupsAreRead(page);
      await page.getByRole('searchbox', { name: 'Search groups' }).fill('odd_');
      const groups = table(page, 'Groups');
      for (const [, seen] of Object.values(ODD)) await soon(async () => (await groups.getByRole('link').allTextContents()).includes(seen), true, seen);
      await groups.getByRole('link', { name: 'Sales U+202E right-to-left override UE' }).waitFor();
      await groups.getByRole('link', { name: /^S\s*Cyrillic \u0430\s*les$/ }).waitFor();
      assert.deepEqual(await clean(page), []);
      assert.ok(await narrow(page));
      await shot(`names-list-${viewport}-${colorScheme}`);
      await axe();

      await page.goto(at(page, 'groups/odd_turned'));
      await heading(page).filter({ hasText: ODD.turned[1] }).waitFor();
      assert.deepEqual(await marks(heading(page)), [['U+202E', 'U+202E right-to-left override']]);
      assert.equal(await page.title(), 'Sales [U+202E]UE · Demo Instabase · Muster');
      await page.getByText('About Sales [U+202E]UE').waitFor();
      assert.ok(await narrow(page));

      for (const [key, [, seen, sentence]] of Object.entries(ODD)) {
        await page.goto(at(page, `groups/odd_${key}/settings`));
        await page.getByRole('button', { name: 'Delete group' }).click();
        const asked = page.getByRole('dialog');
        await asked.getByRole('heading', { level: 2 }).filter({ hasText: `Delete ${seen}` }).waitFor();
        await asked.getByText(sentence, { exact: true }).waitFor();
        assert.ok(await narrow(page));
        if (key === 'turned' || key === 'mixed') {
          await shot(`names-delete-${key}-${viewport}-${colorScheme}`);
          await axe();
        }
        assert.deepEqual(await clean(page), []);
        await asked.getByRole('button', { name: 'Cancel' }).click();
      }

      // A person, in the table and in the question; the last admin is asked about here.
      await page.goto(at(page, 'groups/odd_mixed'));
      const members = table(page, 'Members');
      await members.getByRole('link', { name: 'mal U+202E right-to-left override lory' }).waitFor();
      assert.ok(await narrow(page));
      await page.getByRole('button', { name: `Remove ${MALLORY[2]}`, exact: true }).click();
      const asked = page.getByRole('dialog');
      await asked.getByRole('heading', { level: 2 }).filter({ hasText: `Remove ${MALLORY[1]}?` }).waitFor();
      await asked.getByText(`${MALLORY[1]}: this name holds characters that cannot be seen (U+202E right-to-left override).`).waitFor();
      await asked.getByText(`${ODD.mixed[1]}: this name mixes letters of Latin and Cyrillic, which look alike.`).waitFor();
      assert.deepEqual(await clean(page), []);
      assert.ok(await narrow(page));
      await shot(`names-remove-${viewport}-${colorScheme}`);
      await axe();
      await asked.getByRole('button', { name: /^Keep/ }).click();

      await page.goto(at(page, `people/${encodeURIComponent(MALLORY[0])}`));
      await heading(page).filter({ hasText: MALLORY[1] }).waitFor();
      await table(page, /^Groups of mal\[U\+202E\]lory$/).getByRole('link').filter({ hasText: ODD.mixed[1] }).waitFor();
      assert.deepEqual(await clean(page), []);
      assert.ok(await narrow(page));
      await page.goto(at(page, 'people?q=mal'));
      await table(page, 'People').getByRole('link').filter({ hasText: MALLORY[1] }).waitFor();
      await page.goto(at(page, 'compare?group=odd_turned&group=odd_mixed'));
      await page.locator('th').filter({ hasText: ODD.turned[1] }).waitFor({ state: 'attached' });
      assert.deepEqual(await clean(page), []);
      assert.ok(await narrow(page));
      await axe();
    });
  }
}

journey('plain names have no mark, whatever their script', {}, async (t) => {
  const { page } = t;
  await onInstabase(t);
  await enter(page);
  await groupsAreRead(page);
  await page.getByRole('searchbox', { name: 'Search groups' }).fill('plain_');
  const groups = table(page, 'Groups');
  for (const name of PLAIN) await groups.getByRole('link', { name: name.replace('\u3000', ' '), exact: true }).waitFor();
  assert.deepEqual(await marks(page.getByRole('main')), []);
  // A name of ASCII is a text, and nothing around it.
  await page.getByRole('searchbox', { name: 'Search groups' }).fill('data_science');
  const link = groups.getByRole('link', { name: 'Data Science', exact: true });
  await link.waitFor();
  assert.deepEqual(await link.evaluate((one) => [one.childNodes.length, one.firstChild.nodeType]), [1, 3]);
  await page.goto(at(page, 'groups/plain_0/settings'));
  await page.getByRole('button', { name: 'Delete group' }).click();
  await dialog(page, 'Delete Команда EU').waitFor();
  assert.equal(await page.getByText('This name').count(), 0);
});

journey('what is searched for is highlighted in a name that is marked', {}, async (t) => {
  const { page } = t;
  await onInstabase(t);
  await enter(page);
  await groupsAreRead(page);
  await page.getByRole('searchbox', { name: 'Search groups' }).fill('odd_turned sal');
  await table(page, 'Groups').getByRole('link').filter({ hasText: ODD.turned[1] }).waitFor();
  await soon(() => page.evaluate(() => [...CSS.highlights.get('found')].map(String).filter(Boolean).toSorted()), ['Sal', 'Sal', 'odd_turned'].toSorted());
});

journey('many at once: the review names each that deceives, then the receipt and Activity do', {}, async (t) => {
  const { page, api, shot, axe } = t;
  await onInstabase(t);
  await enter(page);
  await groupsAreRead(page);
  await page.getByRole('searchbox', { name: 'Search groups' }).fill('odd_');
  const groups = table(page, 'Groups');
  await soon(() => groups.getByRole('checkbox').count(), 4);
  for (const box of await groups.getByRole('checkbox').all()) await box.check();
  await page.getByRole('group', { name: 'Selection' }).getByRole('button', { name: 'Delete' }).click();
  const asked = dialog(page, 'Delete 4 groups');
  for (const [, seen, sentence] of Object.values(ODD)) await asked.getByText(`${seen}: ${sentence.replace('This', 'this')}`).waitFor();
  assert.deepEqual(await clean(page), []);
  await shot('names-review');
  await axe();
  await asked.getByRole('textbox', { name: 'Type 4 to confirm' }).fill('4');
  await asked.getByRole('button', { name: 'Delete 4 groups' }).click();
  await asked.getByRole('status').filter({ hasText: /^All 4 done/ }).waitFor();
  await asked.getByRole('list', { name: 'Done', exact: true }).getByText(ODD.turned[1]).waitFor();
  assert.deepEqual(await clean(page), []);
  for (const key of Object.keys(ODD)) assert.equal((await api(pathOf(`odd_${key}`))).body.group, undefined);
  await page.goto(at(page, 'activity'));
  await page.getByRole('button', { name: 'Delete 4 groups' }).waitFor();
  assert.deepEqual(await clean(page), []);
});

journey('on snip the name that has to be typed can be copied, or typed as it is seen', {}, async (t) => {
  const { page, context, api, axe, shot } = t;
  const root = '/api/account/groups';
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  for (const name of ['Lab \u202e3', 'Lab \u20663']) assert.ok((await api(root, { method: 'POST', token: TOKENS.carol, body: { name } })).status < 300);
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  const groups = table(page, 'Groups');
  const open = async (seen) => {
    await groups.getByRole('link').filter({ hasText: seen }).click();
    await heading(page).filter({ hasText: seen }).waitFor();
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('button', { name: 'Delete group' }).click();
    return page.getByRole('dialog');
  };
  const first = await open('Lab U+202E3');
  await first.getByText('This name holds characters that cannot be seen (U+202E right-to-left override).', { exact: true }).waitFor();
  assert.deepEqual(await clean(page), []);
  await shot('names-delete-snip');
  await axe();
  await first.getByRole('button', { name: 'Copy Lab [U+202E]3' }).click();
  await first.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
  assert.equal(await copied(page), 'Lab \u202e3');
  await field(first, 'Type Lab \\[U\\+202E\\]3 to confirm').fill('Lab \u202e3');
  await first.getByRole('button', { name: 'Delete group' }).click();
  await page.getByRole('status').filter({ hasText: '“Lab [U+202E]3” was deleted.' }).waitFor();
  assert.deepEqual(await clean(page), []);
  const second = await open('Lab U+20663');
  await field(second, 'Type Lab \\[U\\+2066\\]3 to confirm').fill('lab [U+2066]3');
  await field(second, 'Type Lab \\[U\\+2066\\]3 to confirm').press('Enter');
  await second.getByText('just as it stands above').waitFor();
  await field(second, 'Type Lab \\[U\\+2066\\]3 to confirm').fill('Lab [U+2066]3');
  await second.getByRole('button', { name: 'Delete group' }).click();
  await page.getByRole('status').filter({ hasText: '“Lab [U+2066]3” was deleted.' }).waitFor();
});

journey('on snip a member’s address is marked in the table and before they are taken out', {}, async (t) => {
  const { page, api, fault, axe } = t;
  const path = '/api/account/groups/2';
  const { body } = await api(path, { token: TOKENS.carol });
  for (const member of body.members) if (member.emails[0] === 'alice@example.com') member.emails = ['\u0430lice@example.com'];
  fault.on('GET', path, { json: body });
  await connect(page, { system: 'snip', user: 'carol' });
  await page.goto(`${baseOf(page)}/groups/2`);
  const seen = '\u0430lice@example.com';
  const line = table(page, 'Members').getByRole('row').filter({ hasText: seen });
  await line.waitFor();
  assert.deepEqual(await marks(line), [['\u0430', 'Cyrillic \u0430']]);
  await line.getByRole('button', { name: `Remove ${seen}`, exact: true }).click();
  const asked = page.getByRole('dialog');
  await asked.getByText(`${seen}: this name mixes letters of Latin and Cyrillic, which look alike.`).waitFor();
  await axe();
  await asked.getByRole('button', { name: /^Keep/ }).click();
});
