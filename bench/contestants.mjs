// Who is measured, and where on each page things are. Muster's are found by role and accessible name, as its journeys do;
// nothing here counts rows or knows how a table is built.
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The columns, by the names on the screen. */
export const COLUMNS = ['Internal name', 'Description', 'People', 'Admins', 'Display name'];

/**
 * What the probe in the page needs to know, as CSS:
 *   row        a row of the table that shows something (never a header, never a skeleton),
 *   status     the line that says how many,
 *   complete   when the list is complete: an attribute of the document, or what the status line says and what must not be there.
 */
const roles = (table, link) => ({
  row: `[aria-label="${table}"] [role="rowgroup"] [role="row"]${link ? ':has(a[href])' : ':has([role="cell"])'}`,
  // Where rows are made and changed: the groups of rows, less the header.
  rows: `[aria-label="${table}"] [role="rowgroup"]`,
  cell: '[role="cell"]',
  status: '[role="status"]',
});

const reactTable = (within) => ({
  row: `${within} .RaDataTable-row:has(td)`,
  rows: `${within} .RaDataTable-tbody`,
  cell: 'td',
  status: `${within} .MuiTablePagination-displayedRows`,
});

const vanilla = {
  path: '/',
  groups: { ...roles('Groups', true), complete: { attribute: 'data-complete' } },
  members: roles('Members', false),
  search: (page) => page.getByRole('searchbox', { name: 'Search groups' }),
  searchMembers: (page) => page.getByRole('searchbox', { name: 'Search members' }),
  header: (page, column) => page.getByRole('table', { name: 'Groups' }).getByRole('button', { name: column, exact: true }),
  opener: (page, name) => page.getByRole('link', { name, exact: true }),
  again: (page) => page.getByRole('button', { name: 'Read again' }),
  leave: (page) => page.getByRole('link', { name: 'Groups', exact: true }).click(),
};

/** The contestants: `folders` hold their files (the first that has one serves it). */
export const contestants = ({ muster, reactAdmin }) => [
  {
    id: 'muster',
    label: 'Muster',
    folders: [muster],
    path: '/c/bench/groups',
    connects: true,
    groups: {
      ...roles('Groups', true),
      complete: { says: '· read \\d\\d:\\d\\d$', never: '[aria-label="Groups"][aria-busy="true"]' },
    },
    members: roles('Members', false),
    search: (page) => page.getByRole('searchbox', { name: 'Search groups', exact: true }),
    searchMembers: (page) => page.getByRole('searchbox', { name: 'Search members', exact: true }),
    header: (page, column) => page.getByRole('columnheader', { name: column, exact: true }).getByRole('button', { name: column, exact: true }),
    opener: (page, name) => page.getByRole('table', { name: 'Groups' }).getByRole('link', { name, exact: true }),
    again: (page) => page.getByRole('button', { name: 'Read again', exact: true }),
    leave: (page) => page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Groups', exact: true }).click(),
  },
  { id: 'vanilla', label: 'vanilla', folders: [join(here, 'vanilla')], ...vanilla },
  { id: 'streaming', label: 'vanilla, streaming', folders: [join(here, 'vanilla-streaming'), join(here, 'vanilla')], ...vanilla },
  {
    id: 'react-admin',
    label: 'react-admin',
    folders: [reactAdmin],
    path: '/',
    // Its search waits 500 ms after the last key, by default.
    slowSearch: true,
    groups: {
      ...reactTable('.list-page'),
      complete: { attribute: 'data-complete' },
    },
    members: reactTable('.show-page'),
    search: (page) => page.locator('input[name="q"]'),
    searchMembers: (page) => page.locator('input[name="q"]'),
    header: (page, column) => page.getByRole('columnheader', { name: column }).getByRole('button'),
    opener: (page, name) => page.getByRole('cell', { name, exact: true }),
    again: (page) => page.getByRole('button', { name: 'Read again' }),
    leave: (page) => page.getByRole('menuitem', { name: 'Groups', exact: true }).click(),
  },
];
