// Connect: a token is tried by a read, and what was typed stays for the next try.
import assert from 'node:assert/strict';
import { field, fillConnection, groupsAreRead, pressConnect } from '../harness/steps.mjs';
import { Struck, classOf, hurried } from './cells.mjs';
import { alert, sound, until } from './look.mjs';
import { SENTENCES } from './sentences.mjs';

export const connecting = {
  name: 'connect',
  writes: 'nothing is written from it',
};

const SAYS = {
  // Nobody listens, or the line is cut: in the words of the page that asks for an address.
  unreachable: /Nothing answers at http:\/\/127\.0\.0\.1:\d+\. Check the address, and that you are online or in the right network\./,
  // The page itself still comes from there.
  brokenOff: /http:\/\/127\.0\.0\.1:\d+ answers, but broke off when it was asked for its groups\. Try again;/,
  token: /The server does not accept this token\. Copy it again, whole, or make a new one\. It says: “Not on Sundays/,
};

export async function connectReads(cell) {
  const { page, now, its, system, token, fault } = cell;
  const form = page.getByRole('form', { name: 'New connection' });
  await page.goto('/connect');
  await fillConnection(page, { system, server: fault.url, token, username: system === 'Instabase' ? its.user : undefined, name: 'Typed with care' });
  const struck = new Struck(cell, now);
  const [variant] = now.odd ? now.odd.list(cell, false) : [{ says: classOf(cell, 'list') }];
  // One group that can be read is proof enough that the token is good, and half of the list on snip has one.
  const isRefused = variant.says in SENTENCES && !(now.name === 'truncated JSON' && system === 'snip');
  if (now.cut) await struck.cut();
  else struck.strike('GET', its.anyList, now.odd ? { change: variant.change } : now.read(cell), isRefused ? Infinity : 1);
  await pressConnect(page);
  if (isRefused) {
    await hurried(cell, alert(form));
    const says = variant.says === 'unreachable' && !now.cut ? 'brokenOff' : variant.says;
    await cell.check(async () => assert.match(await alert(form).innerText(), SAYS[says] ?? SENTENCES[says]));
    assert.equal(await field(form, 'Token').inputValue(), token, 'what was typed is kept');
    assert.equal(await field(form, 'Name').inputValue(), 'Typed with care');
    assert.equal(await field(form, 'Server').inputValue(), fault.url);
    await sound(page, token);
    await struck.end();
    await pressConnect(page);
  }
  await groupsAreRead(page);
  await until('that it is connected', () => new URL(page.url()).pathname.endsWith('/groups'));
  await sound(page, token);
}
