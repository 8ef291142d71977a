// The app comes up at all: built, served, loaded and started.
import assert from 'node:assert/strict';
import { connect, journey } from './harness/journey.mjs';
import { groupsAreRead } from './harness/steps.mjs';

for (const viewport of ['wide', 'phone']) {
  journey(`a first visit asks where to connect (${viewport})`, { viewport }, async ({ page, shot }) => {
    await page.goto('/');
    await page.getByRole('heading', { name: 'Connect', exact: true }).waitFor();
    await page.getByRole('form', { name: 'New connection' }).waitFor();
    await shot(`smoke-${viewport}`);
  });
}

journey('whoever asks for less motion gets none in the list and a dialog over it', {}, async ({ page }) => {
  await connect(page, { system: 'Instabase', user: 'alice' });
  await groupsAreRead(page);
  await page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Design', exact: true }) }).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Add people', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  // What takes its time to change, or moves by itself, of all that is there.
  const moving = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('*')].filter((element) =>
        ['', '::before', '::after', '::backdrop'].some((part) => {
          const { transitionDuration, animationDuration } = getComputedStyle(element, part);
          return /[1-9]/.test(transitionDuration + animationDuration);
        }),
      ).length,
    );
  assert.equal(await moving(), 0);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  assert.ok((await moving()) > 0, 'others see it move');
});
