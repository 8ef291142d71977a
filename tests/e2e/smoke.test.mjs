// The app comes up at all: built, served, loaded and started.
import { journey } from './harness/journey.mjs';

for (const viewport of ['wide', 'phone']) {
  journey(`a first visit asks where to connect (${viewport})`, { viewport }, async ({ page, shot }) => {
    await page.goto('/');
    await page.getByRole('heading', { name: 'Connect', exact: true }).waitFor();
    await shot(`smoke-${viewport}`);
  });
}
