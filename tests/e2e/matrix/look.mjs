// What a cell looks at, found as a person finds it, and what no page may ever show.
import assert from 'node:assert/strict';

export const main = (page) => page.getByRole('main');
export const alert = (within, ...words) => words.reduce((found, word) => found.filter({ hasText: word }), within.getByRole('alert'));
export const note = (within, words) => within.getByRole('note').filter({ hasText: words });
export const said = (within, words) => within.getByRole('status').filter({ hasText: words });
export const button = (within, name) => within.getByRole('button', { name, exact: true });
export const dialog = (page, name) => page.getByRole('dialog', { name });
export const gone = (locator) => locator.first().waitFor({ state: 'detached' });

/** Looks until it is so, a frame at a time. */
export async function until(what, isSo, patience = 10_000) {
  const end = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`not seen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
}

/** None of these stands on the page: an error is no emptiness, and nothing is claimed that is not so. */
export async function none(page, texts) {
  const seen = await main(page).innerText();
  for (const text of texts) assert.ok(!text.test(seen), `claims ${text}`);
}

/** The page has something on it, holds no token, and no trace of a program that gave up. */
export async function sound(page, token) {
  const all = await page.evaluate(() => {
    const fields = [...document.querySelectorAll('input:not([type=password]), textarea')].map((field) => field.value);
    return { seen: document.body.innerText, all: [document.title, location.href, document.documentElement.outerHTML, ...fields].join('\n') };
  });
  assert.ok(all.seen.trim().length > 40, 'the page is blank');
  assert.ok(!all.all.includes(token), 'the token stands on the page');
  assert.ok(!/panicked|unreachable executed|RuntimeError/i.test(all.seen), 'a panic is shown');
}

/** Gives the token anew, in the dialog that asks for it over the page. */
export async function connectAgain(page, token) {
  const ask = dialog(page, /^Connect again to /);
  await ask.getByRole('textbox', { name: 'Token', exact: true }).fill(token);
  await button(ask, 'Connect').click();
  await gone(ask);
}
