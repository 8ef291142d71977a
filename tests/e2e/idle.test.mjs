// Signing out by itself: off until wanted, asked about a minute before, in all tabs, by the clock, and with nothing typed lost.
import assert from 'node:assert/strict';
import { expectNoViolations } from './harness/axe.mjs';
import { at, enter, membersOf, openSettings, soon } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { field, groupsAreRead } from './harness/steps.mjs';

const MINUTE = 60_000;
const choice = (page) => page.getByRole('combobox', { name: 'Sign out on this device after' });
const warning = (page) => page.getByRole('alertdialog', { name: 'Are you still there?' });
const again = (page) => page.getByRole('dialog', { name: /^Connect again to / });
const tokens = (page) =>
  page.evaluate(() => [localStorage, sessionStorage].flatMap((area) => Object.keys(area).filter((key) => key.startsWith('muster.token.'))));
const description = (page) => page.getByRole('textbox', { name: /^Description/ });

/** From whatever page to Connect, where this is chosen, and back. */
async function choose(page, words) {
  const back = page.url();
  await page.goto('/connect');
  await choice(page).selectOption({ label: words });
  await page.goto(back);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** The groups are read, and what watches is here: it comes with the pages that are fetched later. */
async function isWatched(page) {
  await groupsAreRead(page);
  await page.getByRole('link', { name: 'Import…' }).waitFor();
}

/** Time passes and nobody does anything. Timers come when they are due. */
const pass = (page, ms) => page.clock.runFor(ms);

for (const viewport of ['wide', 'phone']) {
  for (const colorScheme of ['light', 'dark']) {
    journey(`asked a minute before, then signed out; what was typed is there after connecting again (${viewport}, ${colorScheme})`, { viewport, colorScheme }, async (t) => {
      const { page, axe, shot } = t;
      await page.clock.install();
      await enter(page);
      await groupsAreRead(page);
      await page.goto('/connect');
      assert.equal(await choice(page).inputValue(), '0', 'off by default');
      await shot(`idle-choice-${viewport}-${colorScheme}`);
      await axe();
      await choice(page).selectOption({ label: '5 minutes without activity' });
      await page.getByRole('link', { name: /^Open / }).click();
      await groupsAreRead(page);
      await openSettings(page, 'Engineering');
      await description(page).fill('Half a thought');

      await pass(page, 3 * MINUTE);
      assert.equal(await warning(page).count(), 0);
      await pass(page, MINUTE + 3_000);
      await warning(page).getByText(/You will be signed out in (60|55|50|45) seconds for want of activity\./).waitFor();
      assert.ok(await warning(page).getByRole('button', { name: 'Stay connected' }).evaluate((one) => one === document.activeElement));
      assert.match(await warning(page).evaluate((one) => document.getElementById(one.getAttribute('aria-describedby')).textContent), /^You will be signed out in \d\d seconds/);
      await shot(`idle-warning-${viewport}-${colorScheme}`);
      await axe();
      assert.equal(await warning(page).getByRole('status').textContent(), '');
      await pass(page, 30_000);
      await soon(() => warning(page).getByRole('status').textContent(), '30 seconds left.');
      await warning(page).getByText(/You will be signed out in \d\d? seconds/).waitFor();
      // A pointer that is bumped against is no answer.
      await page.mouse.move(3, 3);
      await page.mouse.move(5, 5);
      await warning(page).waitFor();
      await page.keyboard.press('Enter');
      await warning(page).waitFor({ state: 'detached' });
      assert.equal(await description(page).inputValue(), 'Half a thought');

      // Something done in between counts; Escape is an answer too.
      await pass(page, 3 * MINUTE);
      await page.mouse.move(9, 9);
      await pass(page, 3 * MINUTE);
      assert.equal(await warning(page).count(), 0);
      await pass(page, MINUTE + 5_000);
      await warning(page).waitFor();
      await page.keyboard.press('Escape');
      await warning(page).waitFor({ state: 'detached' });
      assert.equal((await tokens(page)).length, 1);

      await pass(page, 4 * MINUTE + 3_000);
      await warning(page).waitFor();
      await pass(page, MINUTE);
      await again(page).getByText('You were signed out for want of activity').waitFor();
      assert.equal(await warning(page).count(), 0);
      assert.deepEqual(await tokens(page), []);
      assert.equal(await page.locator('main').evaluate((main) => getComputedStyle(main).visibility), 'hidden');
      await shot(`idle-out-${viewport}-${colorScheme}`);
      await axe();
      // Long after, nothing more happens.
      await pass(page, 30 * MINUTE);
      await field(again(page), 'Token').fill(TOKENS.alice);
      await again(page).getByRole('button', { name: 'Connect', exact: true }).click();
      await again(page).waitFor({ state: 'detached' });
      assert.equal(await page.locator('main').evaluate((main) => getComputedStyle(main).visibility), 'visible');
      assert.equal(await description(page).inputValue(), 'Half a thought');
      await page.getByRole('button', { name: 'Save changes' }).click();
      await page.getByRole('status').filter({ hasText: /^Saved/ }).waitFor();
      // And it begins anew.
      await pass(page, 4 * MINUTE + 3_000);
      await warning(page).getByRole('button', { name: 'Disconnect now' }).click();
      await again(page).waitFor();
      assert.deepEqual(await tokens(page), []);
      await again(page).getByRole('button', { name: 'Not now' }).click();
      await page.getByRole('dialog', { name: /^Connect to / }).waitFor();
    });
  }
}

journey('off, nothing happens however long it is', {}, async ({ page }) => {
  await page.clock.install();
  await enter(page);
  await groupsAreRead(page);
  await page.clock.fastForward(24 * 60 * MINUTE);
  await pass(page, MINUTE);
  assert.equal(await warning(page).count(), 0);
  assert.equal((await tokens(page)).length, 1);
  await page.reload();
  await groupsAreRead(page);
});

journey('two tabs: what is done in one counts for both, both are asked, and one answer is for both', {}, async ({ page, context }) => {
  await page.clock.install();
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  await choose(page, '15 minutes without activity');
  await isWatched(page);
  const other = await context.newPage();
  await other.goto(at(page, 'groups/2/settings'));
  await description(other).fill('In the other tab');
  await pass(page, 10 * MINUTE);
  await page.bringToFront();
  await page.mouse.move(20, 20);
  await pass(page, 10 * MINUTE);
  for (const tab of [page, other]) assert.equal(await warning(tab).count(), 0);
  await pass(page, 4 * MINUTE + 10_000);
  for (const tab of [page, other]) await warning(tab).waitFor();
  await expectNoViolations(other);
  await warning(other).getByRole('button', { name: 'Stay connected' }).click();
  for (const tab of [page, other]) await warning(tab).waitFor({ state: 'detached' });

  await pass(page, 14 * MINUTE + 10_000);
  for (const tab of [page, other]) await warning(tab).waitFor();
  await pass(page, MINUTE);
  for (const tab of [page, other]) {
    await again(tab).waitFor();
    assert.deepEqual(await tokens(tab), []);
  }
  // One token is for both.
  await field(again(page), 'Token').fill(TOKENS.carol);
  await again(page).getByRole('button', { name: 'Connect', exact: true }).click();
  for (const tab of [page, other]) await again(tab).waitFor({ state: 'detached' });
  assert.equal(await description(other).inputValue(), 'In the other tab');
  await page.getByRole('table', { name: 'Groups' }).waitFor();
  await other.close();
});

journey('a token for its tabs alone goes as well, from each', {}, async ({ page }) => {
  await page.clock.install();
  await page.goto('/connect');
  await page.getByRole('checkbox', { name: 'Remember on this device' }).uncheck();
  await page.getByRole('button', { name: 'Try as alice' }).click();
  await groupsAreRead(page);
  await choose(page, '5 minutes without activity');
  await isWatched(page);
  assert.equal((await tokens(page)).length, 1);
  await pass(page, 5 * MINUTE + 5_000);
  await again(page).waitFor();
  assert.deepEqual(await tokens(page), []);
});

journey('a machine that slept is too late, and nobody is asked', {}, async ({ page }) => {
  await page.clock.install();
  await enter(page);
  await groupsAreRead(page);
  await choose(page, '30 minutes without activity');
  await isWatched(page);
  // No timer runs while it sleeps; on waking each comes once.
  await page.clock.fastForward(120 * MINUTE);
  await again(page).waitFor();
  assert.equal(await warning(page).count(), 0);
  assert.deepEqual(await tokens(page), []);
});

journey('opened after the time has passed, the tokens are gone before anything is asked for', {}, async ({ page, context, fault }) => {
  await enter(page);
  await groupsAreRead(page);
  await choose(page, '60 minutes without activity');
  await groupsAreRead(page);
  // Within the time they stay.
  await page.evaluate((ago) => localStorage.setItem('muster-active', String(Date.now() - ago)), 59 * MINUTE);
  await page.reload();
  await groupsAreRead(page);
  const address = page.url();
  const before = await context.newPage();
  // A page of the same place without the app.
  await before.route('**/reader', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><html lang="en"><title>Reader</title><link rel="icon" href="data:,">' }));
  await before.goto(new URL('/reader', address).href);
  await page.close();
  await before.evaluate((ago) => localStorage.setItem('muster-active', String(Date.now() - ago)), 61 * MINUTE);
  const asked = fault.log.length;
  await before.goto(address);
  await before.getByRole('dialog', { name: /^Connect to / }).waitFor();
  assert.deepEqual(await tokens(before), []);
  assert.ok(fault.log.slice(asked).every(({ headers }) => !headers.authorization), 'no request carried the token');
  await field(before, 'Token').fill(TOKENS.alice);
  await before.getByRole('button', { name: 'Connect', exact: true }).click();
  await groupsAreRead(before);
  await before.reload();
  await groupsAreRead(before);
});

journey('what is being done for somebody puts it off until it is done', {}, async ({ page, fault, expectRefused }) => {
  await page.clock.install();
  await enter(page);
  await groupsAreRead(page);
  await choose(page, '5 minutes without activity');
  await page.goto(at(page, 'groups/data_science'));
  const members = page.getByRole('table', { name: 'Members' });
  await members.waitFor();
  expectRefused(429);
  fault.on('POST', membersOf('data_science'), { status: 429, body: {}, headers: { 'retry-after': '600' } }, { times: 1 });
  await soon(async () => (await members.getByRole('checkbox').count()) > 3, true);
  const boxes = await members.getByRole('checkbox').all();
  for (const box of boxes.slice(-2)) await box.check();
  await page.getByRole('group', { name: 'Selection' }).getByRole('button', { name: 'Change role' }).click();
  await page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).selectOption({ index: 0 });
  await page.getByRole('dialog').getByRole('button', { name: 'Review' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Change \d/ }).click();
  await page.getByText('The server asks for a pause.').waitFor();
  await pass(page, 9 * MINUTE);
  assert.equal(await warning(page).count(), 0);
  assert.equal((await tokens(page)).length, 1);
  await pass(page, MINUTE + 5_000);
  await page.getByRole('status').filter({ hasText: /^All 2 done/ }).waitFor();
  await pass(page, 4 * MINUTE + 30_000);
  await warning(page).waitFor();
  await pass(page, MINUTE);
  await again(page).waitFor();
});
