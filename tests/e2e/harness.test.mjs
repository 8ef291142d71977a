// The harness itself: what it injects arrives as said, and what it watches for is seen.
import assert from 'node:assert/strict';
import { expectNoViolations } from './harness/axe.mjs';
import { journey } from './harness/journey.mjs';

// The server answers this without a token, with JSON, and the app has no part in it.
const PATH = '/config.json';

/** What a request of the page comes to: a status and a text, or the name of the error. */
function ask(page, path = PATH, patience = 5_000) {
  return page.evaluate(
    async ([url, ms]) => {
      try {
        const reply = await fetch(url, { signal: AbortSignal.timeout(ms), cache: 'no-store' });
        return [reply.status, await reply.text()];
      } catch (error) {
        return error.name;
      }
    },
    [path, patience],
  );
}

journey('every fault does what it says, and is over when it should be', {}, async ({ page, fault, expectRefused }) => {
  await page.goto('/');
  await page.getByRole('heading').first().waitFor();
  const real = await ask(page);
  assert.equal(real[0], 200);
  assert.notEqual(real[1], '');

  expectRefused(503, PATH);
  expectRefused('network', PATH);
  const once = fault.on('GET', PATH, { status: 503, body: { message: 'no' } }, { times: 1 });
  const struck = once.struck();
  assert.deepEqual(await ask(page, `${PATH}?x=1`), [503, '{"message":"no"}']);
  await struck;
  assert.equal(once.seen, 1);
  assert.deepEqual(await ask(page), real, 'after one time it is well again');

  const always = fault.on('*', /^\/config/, { html: true });
  assert.match((await ask(page))[1], /sign in/);
  assert.match((await ask(page))[1], /sign in/);
  always.off();
  assert.deepEqual(await ask(page), real, 'a fault can be taken away');

  fault.on('GET', PATH, { json: [1] });
  assert.deepEqual(await ask(page), [200, '[1]']);
  fault.on('GET', PATH, { bytes: Buffer.from('{"cut') });
  assert.deepEqual(await ask(page), [200, '{"cut']);
  fault.on('GET', PATH, { slow: 5, pieces: 3 });
  assert.deepEqual(await ask(page), real, 'slow, and whole');
  fault.on('GET', PATH, { delay: 5 });
  assert.deepEqual(await ask(page), real, 'late, and whole');
  fault.on('GET', PATH, { truncate: 1 });
  assert.equal(await ask(page), 'TypeError');
  fault.on('GET', PATH, { refuse: true });
  assert.equal(await ask(page), 'TypeError');
  fault.on('GET', PATH, { lose: true });
  assert.equal(await ask(page), 'TypeError');
  fault.on('GET', PATH, { hang: true });
  assert.equal(await ask(page, PATH, 200), 'TimeoutError');
  fault.clear();
  await fault.down();
  assert.equal(await ask(page), 'TypeError');
  await fault.up();
  assert.deepEqual(await ask(page), real, 'at the same address again');
  assert.ok(fault.log.some(({ path }) => path === `${PATH}?x=1`));
});

journey('an error that nobody announced is seen, and a picture without words', {}, async ({ page: first, another, fault }) => {
  await first.goto('/');
  await first.getByRole('heading').first().waitFor();
  const { page, check, expectRefused, discard } = await another();
  await page.goto('/');
  await page.getByRole('heading').first().waitFor();
  check();
  fault.on('GET', PATH, { status: 500 }, { times: 2 });
  await ask(page);
  assert.throws(check, /status of 500/);
  expectRefused(404);
  assert.throws(check, /never seen: 404/);
  await page.evaluate(() => document.querySelector('main').append(document.createElement('img')));
  await page.evaluate(() => {
    document.querySelector('main img').src = '/config.json';
  });
  await assert.rejects(expectNoViolations(page), /image-alt/);
  discard();
});
