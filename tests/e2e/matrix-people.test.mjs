// Every fault on the pages of people, on what stands side by side, and on the way in.
import { matrix } from './matrix/cells.mjs';
import { connectReads, connecting } from './matrix/connecting.mjs';
import { PAGES } from './matrix/pages.mjs';

matrix([{ kind: PAGES.person }, { kind: connecting, read: connectReads }, { kind: PAGES.people }, { kind: PAGES.compare }]);
