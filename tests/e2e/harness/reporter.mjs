// One JSON line for each journey that ended: what `cargo xtask test` counts.
//
// A file that holds no test is itself reported as one that passed by some versions of Node; it is left out here, so that
// xtask sees that nothing ran.
import { basename } from 'node:path';

export default async function* reporter(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const file = data.file ?? '';
    const isFile = file !== '' && basename(data.name) === basename(file);
    const passed = type === 'test:pass';
    const skipped = data.skip !== undefined;
    if (passed && (isFile || data.details?.type === 'suite')) continue;
    // A file also fails because a test in it has; that test is told by itself.
    if (!passed && data.details?.error?.failureType === 'subtestsFailed') continue;
    // A journey's own file stands before its name (see journey.mjs); any other test is told with the place it stands in.
    const [stem] = data.name.split(': ');
    const cause = data.details?.error?.cause ?? data.details?.error;
    yield `${JSON.stringify({
      file: isFile || file.endsWith('.test.mjs') ? basename(file) : `${stem}.test.mjs`,
      name: data.name,
      outcome: skipped ? 'skipped' : passed ? 'passed' : 'failed',
      ms: data.details?.duration_ms,
      error: passed ? undefined : String(cause?.message ?? cause),
    })}\n`;
  }
}
