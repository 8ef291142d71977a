// Every fault on the pages with a form, and on what they write.
import { matrix } from './matrix/cells.mjs';
import { newGroup, settings } from './matrix/forms.mjs';
import { PAGES } from './matrix/pages.mjs';
import { writeCell } from './matrix/writes.mjs';

matrix([
  { kind: PAGES.newGroup, write: (cell) => writeCell(cell, newGroup) },
  { kind: PAGES.settings, write: (cell) => writeCell(cell, settings) },
]);
