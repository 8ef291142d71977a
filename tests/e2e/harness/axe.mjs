// What axe-core finds on a page: nothing, or the test fails with a list that can be read.
import axe from 'axe-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Scrolls to the top, and waits until a page that still glides after a key has come to rest there. */
function atRest() {
  return new Promise((resolve) => {
    let frames = 0;
    const look = () => {
      frames = window.scrollY === 0 ? frames + 1 : 0;
      if (frames === 10) return resolve();
      window.scrollTo(0, 0);
      requestAnimationFrame(look);
    };
    look();
  });
}

/** Fails if axe finds a violation on the page as it stands. */
export async function expectNoViolations(page) {
  // By evaluation, not by a script element: the page's content security policy holds for those.
  await page.evaluate(`if (!window.axe) { ${axe.source} }`);
  // From its top: a row that scrolling has left half under a sticky head is none too small for it.
  await page.evaluate(atRest);
  const { violations, passes } = await page.evaluate(
    (values) => window.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }),
    RULES,
  );
  if (passes.length === 0) throw new Error('axe found nothing to look at');
  if (violations.length === 0) return;
  const list = violations.map(({ id, impact, help, nodes }) => {
    const places = nodes.map(({ target, html, failureSummary }) => {
      const why = failureSummary.split('\n').slice(1).map((line) => line.trim());
      return `    ${target.join(' ')}\n      ${html.slice(0, 200)}\n      ${why.join('\n      ')}`;
    });
    return `  ${id} (${impact}): ${help}\n${places.join('\n')}`;
  });
  throw new Error(`axe on ${page.url()}: ${violations.length} violations\n${list.join('\n')}`);
}
