// Every fault on the groups, on who is in one and on a change of that, and on what was so at other times.
import { matrix } from './matrix/cells.mjs';
import { members } from './matrix/forms.mjs';
import { PAGES } from './matrix/pages.mjs';
import { writeCell } from './matrix/writes.mjs';

matrix([
  { kind: PAGES.list },
  { kind: PAGES.members, write: (cell) => writeCell(cell, members) },
  { kind: PAGES.snapshots },
]);
