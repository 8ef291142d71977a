// What a user would put together from react-admin's documentation: a list with search and pages, and a group's page with
// its members. Set up as it says for large lists: pages instead of everything (25 rows; the default of 10 is
// too few to work with), `DataTable` rather than the older `Datagrid`, no bulk actions, no export of everything.
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import {
  Admin, Button, DataTable, FilterLiveSearch, List, Pagination, ReferenceManyField, Resource, SearchInput, Show,
  SimpleShowLayout, TextField, TopToolbar, useListContext, useRefresh,
} from 'react-admin';
import { adminNames, dataProvider, people } from './dataProvider.js';

/** Says to the bench that what the list shows is complete. */
function Complete() {
  const { isPending, isFetching } = useListContext();
  useEffect(() => {
    document.documentElement.toggleAttribute('data-complete', !isPending && !isFetching);
  }, [isPending, isFetching]);
  return null;
}

function ReadAgain() {
  const refresh = useRefresh();
  const onClick = () => {
    dataProvider.forget();
    refresh();
  };
  return <Button label="Read again" onClick={onClick} />;
}

const Actions = () => (
  <TopToolbar>
    <ReadAgain />
  </TopToolbar>
);

const Groups = () => (
  <List
    perPage={25}
    sort={{ field: 'full_name', order: 'ASC' }}
    filters={[<SearchInput key="q" source="q" alwaysOn />]}
    actions={<Actions />}
    exporter={false}
  >
    <Complete />
    <DataTable bulkActionButtons={false} rowClick="show" aria-label="Groups">
      <DataTable.Col source="full_name" label="Display name" />
      <DataTable.Col source="name" label="Internal name" />
      <DataTable.Col source="description" label="Description" />
      <DataTable.Col source="people" label="People" render={(group) => people(group).toLocaleString('en')} />
      <DataTable.Col source="admins" label="Admins" render={adminNames} />
    </DataTable>
  </List>
);

// Members are records of their own, paged and searched by the data provider. `ArrayField` or `useList` over the group's own
// list, which come to mind first, begin by rendering all 20 000 of them.
const Group = () => (
  <Show>
    <SimpleShowLayout>
      <TextField source="full_name" label="Display name" />
      <TextField source="name" label="Internal name" />
      <TextField source="description" label="Description" />
      <ReferenceManyField reference="members" target="group" perPage={25} sort={{ field: 'role', order: 'ASC' }} pagination={<Pagination />}>
        <FilterLiveSearch source="q" label="Search members" />
        <DataTable bulkActionButtons={false} rowClick={false} aria-label="Members">
          <DataTable.Col source="name" label="Member" />
          <DataTable.Col source="role" label="Role" />
        </DataTable>
      </ReferenceManyField>
    </SimpleShowLayout>
  </Show>
);

createRoot(document.getElementById('root')).render(
  // Telemetry would be a request to another host in the middle of a measurement.
  <Admin dataProvider={dataProvider} disableTelemetry title="Groups">
    <Resource name="groups" list={Groups} show={Group} recordRepresentation="full_name" />
  </Admin>,
);
