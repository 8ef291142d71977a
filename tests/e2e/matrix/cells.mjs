// Runs the cells of one kind of page: each fault, a read and where there is one a write; then the fault ends, and it goes on.
// MUSTER_FAULT names one fault, or how some begin, that alone is tried; with MUSTER_MATRIX each cell is told, with its time.
import assert from 'node:assert/strict';
import http from 'node:http';
import { journey } from '../harness/journey.mjs';
import { connect } from '../harness/connect.mjs';
import { baseOf, groupsAreRead } from '../harness/steps.mjs';
import { DEFECTS } from './defects.mjs';
import { FAULTS } from './faults.mjs';
import { alert, connectAgain, dialog, gone, main, none, sound, until } from './look.mjs';
import { SENTENCES } from './sentences.mjs';
import { SYSTEMS } from './systems.mjs';

const LIMIT_MS = 600_000;
const WRITES = ['POST', 'PATCH', 'DELETE'];
const only = process.env.MUSTER_FAULT;

/** Whether something that is wrong is known to be; it is counted. */
function knownDefect(wrong, part, kind, name, { known }) {
  const defect = DEFECTS.find(({ on, of, seen }) => on === kind && of.includes(part) && seen.test(wrong));
  if (!defect) return false;
  known.set(defect.what, (known.get(defect.what) ?? new Set()).add(name));
  return true;
}

/** Another origin, where nobody may come by with a token. */
async function stranger() {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' });
    response.end('[]');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A fault at work: what it does to requests, and its end. */
export class Struck {
  constructor(cell, fault) {
    this.cell = cell;
    this.fault = fault;
    this.rules = [];
  }

  /** Requests of this method and path meet it, the next `times` of them. */
  strike(method, path, rule, times = Infinity) {
    const handle = this.cell.fault.on(method, path, rule, { times });
    this.rules.push(handle);
    return handle;
  }

  /** A fault of the line: whatever is under way breaks, and nothing comes through. */
  async cut() {
    if (this.fault.cut === 'offline') await this.cell.context.setOffline(true);
    if (this.fault.cut === 'down') await this.cell.fault.down();
    else this.cell.fault.drop();
  }

  async end() {
    for (const rule of this.rules.splice(0)) rule.off();
    if (this.fault.cut === 'down') await this.cell.fault.up();
    if (this.fault.cut === 'offline') await this.cell.context.setOffline(false);
  }
}

/** Lets the page's clock run for what the page waits for, until it says what is looked for. */
export async function hurried(cell, locator) {
  const { page, now } = cell;
  if (!now.hangs && !now.retried) return locator.first().waitFor();
  const step = now.hangs ? 15_500 : 1_600;
  await until(String(locator), async () => {
    await page.clock.fastForward(step);
    // What the step led to gets the time to be seen: another one might lead past it.
    return locator.first().waitFor({ timeout: 400 }).then(() => true, () => false);
  });
}

/** A sentence of a class in an alert that begins like this. */
const sentence = (cell, says, before) => alert(cell.page, before, SENTENCES[says]);

/** The class of what is said of a reply of this shape: what a fault means may be a matter of the system. */
export function classOf({ now, system }, reply) {
  return now.saysElse?.[`${reply} on ${system}`] ?? now.says;
}

/** The variants of a fault for what this kind reads. */
function variants(cell, kind) {
  const { now } = cell;
  if (now.odd) return now.odd[kind.reply](cell, kind.all).map((one) => ({ ...one, source: one, rule: { change: one.change } }));
  const alone = { says: classOf(cell, kind.reply) ?? 'shown', spoilt: 1 };
  return [{ which: '', ...alone, source: alone, rule: now.read?.(cell) }];
}

/** What the page says under a fault, by the class of what it is to say. */
async function says(cell, kind, variant, { warm, partly }) {
  const before = partly ? new RegExp(`${kind.cold}|${kind.warm}`) : warm ? kind.warm : kind.cold;
  switch (variant.says) {
    case 'shown':
      return;
    case 'some':
    case 'none': {
      // Of some, or of all: that is told, and is no emptiness.
      const some = warm ? (kind.someWarm ?? kind.some) : kind.some;
      await until('that they are spoilt', () => variant.source.spoilt > 0);
      return some(cell, variant.source.spoilt);
    }
    default:
      await hurried(cell, sentence(cell, variant.says, before));
  }
}

const isFailure = (variant) => variant.says in SENTENCES;

async function readCell(cell, kind) {
  await kind.prepare?.(cell);
  const { page, base, its, now, token } = cell;
  const [first, ...rest] = variants(cell, kind);
  const path = kind.struck(its);
  const address = `${base}/${kind.address(its)}`;

  // Opened under the fault: nothing is known yet.
  const struck = new Struck(cell, now);
  if (now.cut) {
    const held = struck.strike('GET', path, { hang: true });
    await page.goto(address);
    await until('that it reads', () => held.seen > 0);
    await struck.cut();
  } else {
    const rule = struck.strike('GET', path, first.rule);
    await page.goto(address);
    await until('that it reads', () => rule.seen > 0);
  }
  const partly = now.name === 'truncated JSON' && kind.reply === 'list';
  // The question for a token stands over everything that could be opened.
  if (kind.open && now.asksToken) await dialog(page, /^Connect again to /).waitFor();
  else {
    await kind.open?.(cell);
    await says(cell, kind, first, { warm: false, partly });
  }
  if (first.says === 'shown') await kind.there(cell);
  await cell.check(() => none(page, kind.empty));
  if (isFailure(first) && !now.asksToken) await cell.check(() => kind.blocked?.(cell));
  const types = isFailure(first) && kind.type && !kind.typesCold;
  if (types && !now.asksToken) await kind.type(cell);
  await sound(page, token);
  await struck.end();
  await goOn(cell, kind, first, kind.cold, kind.mend ?? kind.again);
  await kind.there(cell);
  await kind.isRead(cell);
  if (types && !now.asksToken) await kind.kept(cell);
  else if (kind.onward && kind.type) await kind.type(cell);
  await kind.onward?.(cell);

  // And where something is shown already: it stays.
  for (const variant of [first, ...rest]) {
    // Of who is in a group nothing is taken away by a reply that does not say: that is told where nothing is known.
    if (variant.says === 'unlisted') await unlisted(cell, kind, variant, path);
    else await warmly(cell, kind, variant, path);
  }
}

async function unlisted(cell, kind, variant, path) {
  const { page, now, token } = cell;
  const struck = new Struck(cell, now);
  struck.strike('GET', path, variant.rule);
  await page.reload();
  await kind.unlisted?.(cell);
  await cell.check(() => none(page, kind.empty));
  await sound(page, token);
  await struck.end();
  await page.reload();
  await kind.there(cell);
}

async function warmly(cell, kind, variant, path) {
  const { page, now, token } = cell;
  const there = kind.thereWarm ?? kind.there;
  const isRead = kind.isReadWarm ?? kind.isRead;
  const struck = new Struck(cell, now);
  let rule;
  if (now.cut === 'offline') await cell.context.setOffline(true);
  else if (now.cut === 'down') await cell.fault.down();
  else rule = struck.strike('GET', path, variant.rule);
  try {
    await kind.again(cell);
    if (rule) await until('that it reads again', () => rule.seen > 0);
    await says(cell, kind, variant, { warm: true });
    if (isFailure(variant) || variant.says === 'shown') await there(cell);
    await cell.check(() => none(page, kind.empty));
    if (isFailure(variant)) await cell.check(() => kind.atRest?.(cell));
    if (variant.says === 'shown') {
      await isRead(cell);
      assert.equal(await main(page).getByRole('alert').count(), 0, `an alert (${variant.which})`);
    }
    const types = isFailure(variant) && kind.type && !kind.typesWarm && !now.asksToken;
    if (types) await kind.type(cell);
    await sound(page, token);
    await struck.end();
    await goOn(cell, kind, variant, kind.warm, kind.again);
    await there(cell);
    await isRead(cell);
    if (types) await kind.kept(cell);
  } catch (error) {
    error.message = `${variant.which ? `${variant.which}: ` : ''}where something is shown: ${error.message}`;
    throw error;
  } finally {
    await struck.end().catch(() => {});
  }
}

/** The way on that the screen offers, until what stood there is gone. */
async function goOn(cell, kind, variant, before, again) {
  const { page, now, token } = cell;
  if (now.asksToken) {
    await connectAgain(page, token);
    if (before === kind.cold) await kind.open?.(cell);
    await readAnew(cell, alert(page, before), () => kind.tryAgain(cell));
  } else if (isFailure(variant)) {
    await kind.tryAgain(cell);
    await gone(alert(page, before));
  } else if (variant.says !== 'shown') {
    // What was read is half a truth; it says so, and is read again.
    await again(cell);
  }
}

/** With a new token what had failed is read again by itself. */
export async function readAnew(cell, failure, tryAgain) {
  await cell.check(async () => {
    await until('that it is read again with the new token', async () => (await failure.count()) === 0, 3_000);
  });
  if (await failure.count()) {
    await tryAgain();
    await gone(failure);
  }
}

/** What one cell has typed and not sent is not the next one's. */
const forgetDrafts = () => {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith('muster.draft.')) sessionStorage.removeItem(key);
};

/** Everything of one kind of page, a cell for each fault. */
export function matrix(kinds) {
  for (const [place, { kind, read = readCell, write }] of kinds.entries()) {
    journey(`every fault on ${kind.name}`, { limit: LIMIT_MS }, async (t) => {
      const { page, context, fault, api, expectRefused, takeErrors } = t;
      const elsewhere = await stranger();
      await page.clock.install();
      const tally = { tried: 0, held: 0, known: new Map() };
      const failures = [];
      try {
        const bases = {};
        for (const [system, its] of Object.entries(SYSTEMS)) {
          await connect(page, { system, user: its.user });
          await groupsAreRead(page);
          bases[system] = baseOf(page);
          its.personKey ??= await keyOf(api, its);
        }
        for (const [row, now] of FAULTS.entries()) {
          if (only && !now.name.startsWith(only)) continue;
          // Each fault and each kind of page meet both systems.
          const system = (row + place) % 2 === 0 ? 'Instabase' : 'snip';
          const its = SYSTEMS[system];
          for (const [part, run] of [['read', read], ['write', write]]) {
            if (!run || (part === 'write' && now.noWrite)) continue;
            const name = `${part} of ${kind.name} on ${system}, ${now.name}`;
            const log = fault.log.length;
            const began = Date.now();
            const cell = {
              page, context, fault, api, system, its, now, row, token: its.token, base: bases[system], elsewhere: elsewhere.url,
              mark: `${system} ${row}`,
              writes: () => fault.log.slice(log).filter(({ method }) => WRITES.includes(method)),
            };
            const allowed = now.announced ? expectRefused(now.announced) : undefined;
            const wrong = [];
            // What is wrong and does not keep the cell from going on.
            cell.check = async (look) => {
              try {
                await look();
              } catch (error) {
                wrong.push(`${error.message}\n${await seen(page)}`);
              }
            };
            try {
              await page.evaluate(forgetDrafts);
              await run(cell, kind);
              if (allowed && allowed.seen === 0) wrong.push('the console says nothing of it');
            } catch (error) {
              wrong.push(`${error.message}\n${await seen(page)}`);
            }
            fault.clear();
            await fault.up().catch(() => {});
            await context.setOffline(false);
            allowed?.over();
            wrong.push(...takeErrors());
            if (elsewhere.asked.length > 0) wrong.push(`another origin was asked: ${elsewhere.asked.splice(0)}`);
            tally.tried += 1;
            const fresh = wrong.filter((what) => !knownDefect(what, part, kind.name, name, tally));
            if (wrong.length === 0) tally.held += 1;
            else if (fresh.length > 0) failures.push(`${name}:\n${fresh.join('\n')}`);
            if (process.env.MUSTER_MATRIX) console.log(`${wrong.length ? `NOT ${name}\n${wrong.join('\n')}` : `ok ${name}`} ${Date.now() - began}`);
          }
        }
      } finally {
        elsewhere.close();
      }
      console.log(`${kind.name}: cells tried ${tally.tried}, cells held ${tally.held}`);
      for (const [what, cells] of tally.known) console.log(`  not yet, in ${cells.size}: ${what}`);
      // Whoever mends one takes its mark away.
      for (const { on, what } of only ? [] : DEFECTS) if (on === kind.name && !tally.known.has(what)) failures.push(`mended, so its mark can go: ${what}`);
      await page.goto('/connect');
      if (failures.length > 0) throw new Error(`${failures.length} cells did not hold:\n\n${failures.join('\n\n')}`);
    });
  }
}

/** What a person is known by in addresses. */
async function keyOf(api, its) {
  const { body } = await api(its.path(its.key), { token: its.token });
  return String(body.members.find(({ emails }) => emails[0] === its.person).user_id);
}

/** Where a cell that did not hold stood, in short: there may be many of them. */
async function seen(page) {
  try {
    const lines = [`at ${page.url()}`];
    for (const role of ['heading', 'alert', 'note', 'status']) {
      for (const text of await page.getByRole(role).allInnerTexts()) if (text.trim()) lines.push(`  ${role}: ${text.trim().replace(/\s+/g, ' ').slice(0, 300)}`);
    }
    return lines.join('\n');
  } catch (gone) {
    return `the page cannot be looked at: ${gone.message}`;
  }
}
