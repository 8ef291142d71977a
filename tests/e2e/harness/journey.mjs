// A journey: one person's way through the app, against a server of its own, ending with a look by axe and at the console.
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { expectNoViolations } from './axe.mjs';
import { PATIENCE, closeBrowser, openPage } from './browser.mjs';
import { connect } from './connect.mjs';
import { startFault } from './fault.mjs';
import { TOKENS, startServer } from './server.mjs';

export { TOKENS, connect };

const LIMIT_MS = 60_000;

/** For closing up after a journey that used all of its time. */
const CLOSING_MS = 15_000;

after(closeBrowser);

/**
 * Runs `steps` as one test with
 *   page      a page whose base is the app,
 *   server    the real server (`url`, `kill()`, `output()`),
 *   fault     the misbehaving server in front of it, which the page talks to (see fault.mjs),
 *   api       a look at the real server past the app,
 *   context, requests, expectRefused     see browser.mjs,
 *   axe()     a look by axe at a page on the way (the last one is always looked at),
 *   another   opens a further page in a context of its own (another person): same fields as the first, and `discard()`,
 *             which takes it out of the closing look,
 *   shot(name)  a picture into the folder that MUSTER_SHOTS names, if it does.
 * Options: quirks, args (of the server), viewport ('wide', 'phone'), colorScheme ('light', 'dark'), limit (how long it may take, in ms).
 */
export function journey(name, options, steps) {
  const { quirks, args, viewport, colorScheme } = options;
  const limit = (options.limit ?? LIMIT_MS) * PATIENCE;
  // The runner tells where `test` was called, which is always here: the name says which file it belongs to.
  const file = basename(process.argv[1] ?? '').replace(/\.test\.mjs$/, '');
  test(`${file}: ${name}`, { timeout: limit + CLOSING_MS }, async (t) => {
    const closing = [];
    const closeAll = async () => {
      // In turn, the last first: a page before the server it talks to.
      for (const close of closing.splice(0).reverse()) await close();
    };
    // The last resort, should looking at the page hang too: closing what is waited for ends the waiting.
    t.signal.addEventListener('abort', () => closeAll().catch((error) => console.error(error)), { once: true });
    try {
      const server = await startServer({ quirks, args });
      closing.push(server.stop);
      const fault = await startFault(server.url);
      closing.push(fault.stop);
      const opened = [];
      const another = async () => {
        const one = await openPage({ baseURL: fault.url, viewport, colorScheme });
        closing.push(one.close);
        opened.push(one);
        // A page that is meant to break is taken out of the closing look.
        const discard = () => opened.splice(opened.indexOf(one), 1);
        return { ...one, discard };
      };
      const first = await another();
      const { page } = first;
      const shot = async (picture) => {
        const folder = process.env.MUSTER_SHOTS;
        if (!folder) return;
        mkdirSync(folder, { recursive: true });
        await page.screenshot({ path: join(folder, `${picture}.png`) });
      };
      let timer;
      const tooLong = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not done after ${limit / 1000} s`)), limit);
      });
      try {
        const done = steps({
          ...first,
          server,
          fault,
          another,
          shot,
          api: server.api,
          axe: () => expectNoViolations(page),
        });
        await Promise.race([done, tooLong]);
      } catch (error) {
        // Two causes are better than one: an error of the page is often why a step found nothing.
        throw await withState(error, opened, server);
      } finally {
        clearTimeout(timer);
      }
      for (const one of opened) {
        if (!one.page.isClosed()) await expectNoViolations(one.page);
        one.check();
      }
    } finally {
      await closeAll();
    }
  });
}

async function withState(error, opened, server) {
  const lines = [error.stack ?? String(error)];
  for (const { page, check } of opened) {
    try {
      check();
    } catch (console) {
      lines.push(console.message);
    }
    try {
      lines.push(`at ${page.url()}:\n${await page.locator('body').ariaSnapshot({ timeout: 2_000 })}`);
    } catch (gone) {
      lines.push(`the page cannot be looked at: ${gone.message}`);
    }
  }
  const said = server.output().split('\n').slice(-20).join('\n');
  lines.push(`the server said:\n${said}`);
  const whole = new Error(lines.join('\n\n'));
  // Its own trace would only say where the report was put together.
  whole.stack = whole.message;
  return whole;
}
