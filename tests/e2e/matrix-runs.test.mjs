// Every fault on work under way on several groups, and on the review that leads to it.
import { matrix } from './matrix/cells.mjs';
import { review, reviewReads, reviewWrites, run, runReads, runWrites } from './matrix/runs.mjs';

matrix([
  { kind: run, read: runReads, write: runWrites },
  { kind: review, read: reviewReads, write: reviewWrites },
]);
