// A write under a fault: what comes of it is worked out from the fault, and the screen and the server have to agree with it.
//
//   refused    the server said no, so it is not done
//   unsent     what has to be read before could not be, so nothing was sent
//   notDone    no answer that tells, and a look shows that it is not done
//   done       a look shows it, whatever the answer was
//   unknown    no answer that tells, and no look
//   unread     the server said that it is done, and no look shows it
//   saidOnly   the server said that it is done, and a look shows that it is not
import assert from 'node:assert/strict';
import { Struck, classOf } from './cells.mjs';
import { connectAgain, sound, until } from './look.mjs';
import { SENTENCES } from './sentences.mjs';

const REFUSALS = ['token', 'forbidden', 'gone', 'conflict', 'pauseOfAMinute', 'pause'];

/** What happens to the write and to the looks after it, and what comes of that. */
export function planOf(cell, kind) {
  const { now, system, row } = cell;
  if (now.cut) return { outcome: kind.readsFirst?.(system) ? 'unsent' : 'unknown', isDone: false };
  if (REFUSALS.includes(now.says)) return { outcome: 'refused', isDone: false, write: now.read(cell) };
  const ownReply = now.odd?.write(cell) ?? (now.read(cell).drip ? { answered: 'accepted', ...now.read(cell) } : undefined);
  const { answered, ...rule } = ownReply ?? {
    answered: now.answered ?? (now.doubt === true || now.doubt === system ? 'doubt' : 'accepted'),
    ...(now.write ?? now.read)(cell),
  };
  // What an answer is worth is a matter of the call, too.
  const worth = kind.answered?.(cell, answered) ?? answered;
  const look = lookOf(cell);
  // In turn: it was not done; it was done; it was done and cannot be looked at.
  const turns = ownReply ? [[true, false], [true, true]] : [[false, false], [true, false], [true, true]];
  const [isDone, lookStruck] = turns[(row + (kind.turn ?? 0)) % turns.length];
  const looks = lookStruck && look.fails && !kind.noLook?.(system);
  const blind = looks || kind.noLook?.(system);
  let outcome;
  if (worth === 'doubt') outcome = blind ? 'unknown' : isDone ? 'done' : 'notDone';
  else if (blind && !kind.noLook?.(system)) outcome = 'unread';
  else outcome = isDone ? 'done' : 'saidOnly';
  return { outcome, isDone, write: ownReply || !isDone ? rule : { done: true, ...rule }, look: looks ? look.rule : undefined, lookSays: look.says };
}

/** The same fault for a look at the group. */
export function lookOf(cell) {
  const { now } = cell;
  if (now.odd) {
    const [first] = now.odd.group(cell, false);
    return { rule: { change: first.change }, says: first.says, fails: first.says in SENTENCES, renamed: first.renamed };
  }
  const says = classOf(cell, 'group');
  return { rule: now.read?.(cell), says, fails: says !== undefined };
}

export async function writeCell(cell, kind) {
  const { page, now, token, its } = cell;
  await kind.prepare(cell);
  const plan = planOf(cell, kind);
  const struck = new Struck(cell, now);
  const [method, path] = kind.call(cell);
  await kind.open(cell);
  let rule;
  if (now.cut) await struck.cut();
  else {
    rule = struck.strike(method, path, plan.write, 1);
    if (plan.look) rule.struck().then(() => struck.strike('GET', kind.look(cell), plan.look));
  }
  try {
    await kind.send(cell);
    // Before the clock is made to run.
    if (rule) await until('that it is sent', () => rule.seen > 0);
    await kind.says(cell, plan);
    assert.equal(cell.writes().length, plan.outcome === 'unsent' ? 0 : now.cut ? 0 : (kind.calls?.(cell) ?? 1), 'writes that came to the server');
    assert.equal(await kind.isDone(cell), plan.isDone, 'what the server holds');
    await sound(page, token);
  } catch (error) {
    error.message = `(${plan.outcome}) ${error.message}`;
    throw error;
  }
  await struck.end();
  if (now.asksToken) await connectAgain(page, token);
  const before = cell.writes().length;
  await kind.goOn(cell, plan);
  await until('that it is done', () => kind.isDone(cell));
  // What was done already is not sent once more where a look tells.
  if (plan.outcome === 'done') assert.equal(cell.writes().length, before, 'writes after it was done');
  await kind.after?.(cell, plan, its);
}
