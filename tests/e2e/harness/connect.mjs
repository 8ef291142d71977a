/** Connects over the page, as a demo person would, and waits for the groups. */
export async function connect(page, { system, user }) {
  await page.goto('/connect');
  await page.getByRole('combobox', { name: 'System', exact: true }).selectOption({ label: system });
  await page.getByRole('button', { name: new RegExp(`^Try as ${user}\\b`) }).click();
  await page.getByRole('heading', { name: 'Groups', exact: true, level: 1 }).waitFor();
}
