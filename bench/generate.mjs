// A believable site as the bytes of Instabase's list, the same for the same seed and number of groups.
//
// Bytes and not objects: what is replayed is made once, and a hundred thousand groups as objects would take the
// machine's memory from the browsers that are measured.

/** The group that nearly everybody is in; it is there at every size. */
export const BIG = { name: 'all_staff', people: 20_000 };

/** People to choose from; each of them is in some group, for the big one holds most and the rest are many. */
const PEOPLE = 26_000;
/** People a group on average, the big one left out. */
const MEAN_PEOPLE = 12;

const GIVEN = (
  'ada aiko amelie anders anna aylin bela boris bruno carla chen chiara clara daniel deniz dmitri elif emil esra eva farid ' +
  'felix fiona gita greta hamza hana hugo ines iris ivan jakub jan jonas kaito katya kira lea leon liam luca malik mara mateo ' +
  'mei mina nadia nils noah olga omar oskar paula petra priya quentin ravi rosa sara sofia sven tariq timo uma vera wim xenia ' +
  'yara yusuf zoe'
).split(' ');
const FAMILY = (
  'adler aydin bakker bauer becker berg bianchi brandt castro costa cruz diaz dubois eriksen farkas ferrari fischer fontaine ' +
  'garcia gruber haas haddad hansen hoffmann horvat ito jansen jensen keller khan kim klein kowalski kraus larsen laurent lehmann ' +
  'lindqvist lopez maier marino martin mendes meyer moreau mueller nagy nakamura nguyen nielsen novak okafor olsen ortega patel ' +
  'peeters petrov popescu ramos reyes ricci rossi roth sato schmidt schneider silva simon singh smith sokolov suzuki tanaka ' +
  'thomas torres tran vargas vogel wagner walsh weber wolf wong yamada yilmaz zhang ziegler'
).split(' ');

const DEPARTMENTS = [
  ['ana', 'Analytics'], ['arch', 'Architecture'], ['audit', 'Audit'], ['brand', 'Brand'], ['care', 'Customer Care'],
  ['claims', 'Claims'], ['cloud', 'Cloud'], ['comp', 'Compliance'], ['cons', 'Consulting'], ['data', 'Data'],
  ['design', 'Design'], ['eng', 'Engineering'], ['fac', 'Facilities'], ['field', 'Field Service'], ['fin', 'Finance'],
  ['hr', 'People & Culture'], ['infra', 'Infrastructure'], ['ir', 'Investor Relations'], ['it', 'IT'], ['lab', 'Laboratory'],
  ['legal', 'Legal'], ['logi', 'Logistics'], ['mkt', 'Marketing'], ['mobile', 'Mobile'], ['net', 'Network'],
  ['ops', 'Operations'], ['plat', 'Platform'], ['pm', 'Product'], ['proc', 'Procurement'], ['prod', 'Production'],
  ['qa', 'Quality'], ['rnd', 'Research'], ['risk', 'Risk'], ['sales', 'Sales'], ['sec', 'Security'],
  ['store', 'Retail Stores'], ['supp', 'Support'], ['tax', 'Tax'], ['train', 'Training'], ['web', 'Web'],
];
const TOPICS = [
  ['access', 'Access'], ['alerts', 'Alerts'], ['api', 'API'], ['approval', 'Approvals'], ['archive', 'Archive'],
  ['billing', 'Billing'], ['build', 'Build'], ['campaign', 'Campaigns'], ['catalog', 'Catalogue'], ['contracts', 'Contracts'],
  ['dash', 'Dashboards'], ['docs', 'Documents'], ['etl', 'Data Loading'], ['export', 'Exports'], ['forecast', 'Forecast'],
  ['forms', 'Forms'], ['gate', 'Gateway'], ['helpdesk', 'Help Desk'], ['import', 'Imports'], ['incident', 'Incidents'],
  ['ingest', 'Ingest'], ['intake', 'Intake'], ['inventory', 'Inventory'], ['invoice', 'Invoices'], ['labels', 'Labelling'],
  ['ledger', 'Ledger'], ['mail', 'Mail'], ['metrics', 'Metrics'], ['migration', 'Migration'], ['models', 'Models'],
  ['oncall', 'On Call'], ['onboard', 'Onboarding'], ['orders', 'Orders'], ['partner', 'Partners'], ['payroll', 'Payroll'],
  ['planning', 'Planning'], ['policy', 'Policies'], ['pricing', 'Pricing'], ['privacy', 'Privacy'], ['quality', 'Quality'],
  ['records', 'Records'], ['refunds', 'Refunds'], ['release', 'Releases'], ['reports', 'Reports'], ['resale', 'Resale'],
  ['research', 'Research'], ['reserve', 'Reserves'], ['returns', 'Returns'], ['review', 'Review'], ['search', 'Search'],
  ['shift', 'Shifts'], ['sign', 'Signatures'], ['stage', 'Staging'], ['survey', 'Surveys'], ['tickets', 'Tickets'],
  ['tools', 'Tools'], ['travel', 'Travel'], ['vendor', 'Vendors'], ['visits', 'Visits'], ['waste', 'Waste'],
];
const PLACES = [
  ['ams', 'Amsterdam'], ['apac', 'APAC'], ['ber', 'Berlin'], ['bog', 'Bogota'], ['eu', 'EU'], ['gva', 'Geneva'],
  ['ist', 'Istanbul'], ['lis', 'Lisbon'], ['ldn', 'London'], ['nyc', 'New York'], ['par', 'Paris'], ['sao', 'Sao Paulo'],
  ['sin', 'Singapore'], ['us', 'US'], ['vie', 'Vienna'], ['zrh', 'Zurich'],
];
const KINDS = [['read', 'readers'], ['write', 'editors'], ['admin', 'administrators'], ['team', 'team'], ['proj', 'project'], ['ext', 'externals']];
const SENTENCES = [
  (d, t, p) => `${t} of ${d} in ${p}.`,
  (d, t, p) => `Who may see ${t.toLowerCase()} in ${p}; ask ${d} for access.`,
  (d, t, p) => `${d}: everybody who works on ${t.toLowerCase()}, ${p} and remote.`,
  (d, t, p) => `Approves ${t.toLowerCase()} for ${p}. Reviewed every quarter by ${d}.`,
  (d, t) => `Mailing list and folder rights for ${t.toLowerCase()} (${d}).`,
  (d, t, p) => `Temporary group for the ${t.toLowerCase()} project, to be closed when ${p} has moved.`,
];
/** What real data has besides letters: accents, quotes, a line break, other scripts. */
const SPRINKLE = [
  (name) => [`Équipe ${name}`, 'Accès réservé à l’équipe; voir l’intranet.'],
  (name) => [`${name} “Süd”`, 'Für alle Kolleginnen und Kollegen in der Region Süd.'],
  (name) => [`${name} (東京)`, '東京オフィスの皆さん'],
  (name) => [`${name} "legacy"`, 'Formerly "old tools"; path C:\\groups\\legacy.'],
  (name) => [name, 'First line.\nSecond line, after a break.\tAnd a tab.'],
];

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Usernames, sorted as the server sorts them. */
function usernames(next) {
  const names = new Set();
  for (let round = 1; names.size < PEOPLE; round += 1) {
    for (const given of GIVEN) {
      for (const family of FAMILY) names.add(round === 1 ? `${given}.${family}` : `${given}.${family}${round}`);
    }
  }
  const all = [...names];
  // Which of them work here is chance, so that no letter of the alphabet is left out.
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = Math.floor(next() * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, PEOPLE).sort();
}

/** Groups without their people, sorted by name as the server sorts them. */
function groupFields(count, next) {
  const pick = (list) => list[Math.floor(next() * list.length)];
  const used = new Map();
  const groups = [];
  for (let i = 1; i < count; i += 1) {
    const [dept, department] = pick(DEPARTMENTS);
    const [topic, topicName] = pick(TOPICS);
    const [place, placeName] = pick(PLACES);
    const [kind, kindName] = pick(KINDS);
    // Internal names have followed two conventions over the years, so their order is not that of the display names.
    let name = next() < 0.5 ? `${dept}_${topic}_${place}_${kind}` : `${place}_${dept}_${topic}_${kind}`;
    let full = `${department} ${topicName} ${placeName} ${kindName}`;
    const again = (used.get(name) ?? 0) + 1;
    used.set(name, again);
    if (again > 1) {
      name += `_${again}`;
      full += ` ${again}`;
    }
    let description = next() < 0.1 ? undefined : pick(SENTENCES)(department, topicName, placeName);
    if (next() < 0.02) [full, description] = pick(SPRINKLE)(full);
    const photo = next() < 0.05 ? `https://photos.example.com/groups/${name}.png` : undefined;
    groups.push({ name, full_name: full, description, profile_photo_url: photo });
  }
  groups.push({ name: BIG.name, full_name: 'All Staff', description: 'Everybody. Announcements only, please.' });
  return groups.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** How many people: most groups are small, some are large, the average is the one above. */
function groupSize(next) {
  // A log-normal spread of sigma 1 has the mean exp(mu + 1/2).
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return Math.min(2_000, Math.round(Math.exp(Math.log(MEAN_PEOPLE) - 0.5 + normal)));
}

/** So many different places below `limit`, in order; low places are no likelier than high ones, but some are favourites. */
function somePlaces(count, limit, next, stamp, mark) {
  const places = [];
  while (places.length < count) {
    const uniform = next();
    // Some people are in many groups, most in few.
    const place = Math.floor((next() < 0.3 ? uniform ** 4 : uniform) * limit);
    const spread = (place * 7_919) % limit;
    if (stamp[spread] !== mark) {
      stamp[spread] = mark;
      places.push(spread);
    }
  }
  return places.sort((a, b) => a - b);
}

/**
 * A site of so many groups:
 *   full, plain   the list's bytes with and without people,
 *   names         the groups' names in the list's order,
 *   element(i)    one group's bytes with people, as they stand in `full`,
 *   place(name)   its place, or undefined.
 */
export function generate(count, seed = 1) {
  const next = random(seed * 1_000_003 + count);
  const people = usernames(next);
  const entries = people.map((name) => JSON.stringify({ type: 'user', name }));
  const groups = groupFields(count, next);
  const stamp = new Int32Array(people.length).fill(-1);
  const pieces = [];
  const plain = [];
  const starts = new Float64Array(groups.length + 1);
  const head = Buffer.from('{"status":"OK","groups":[');
  let at = head.length;
  groups.forEach((group, i) => {
    const size = group.name === BIG.name ? BIG.people : groupSize(next);
    const places = somePlaces(size, people.length, next, stamp, i);
    // One in a hundred has lost its admins, one in twenty has an admin who is a member too.
    const leads = next() < 0.01 ? 0 : Math.min(size, 1 + Math.floor(next() ** 2 * 4));
    const both = next() < 0.05;
    const admins = new Set();
    while (admins.size < leads) admins.add(places[Math.floor(next() * places.length)]);
    const entry = (place) => entries[place];
    const adminList = places.filter((place) => admins.has(place)).map(entry).join(',');
    const memberList = places.filter((place) => both || !admins.has(place)).map(entry).join(',');
    const fields = JSON.stringify(group);
    plain.push(fields);
    const bytes = Buffer.from(`${fields.slice(0, -1)},"admins":[${adminList}],"members":[${memberList}]}`);
    starts[i] = at;
    at += bytes.length + 1;
    pieces.push(bytes, COMMA);
  });
  pieces.pop();
  starts[groups.length] = at;
  const full = Buffer.concat([head, ...pieces, END]);
  const names = groups.map(({ name }) => name);
  const places = new Map(names.map((name, i) => [name, i]));
  return {
    full,
    plain: Buffer.concat([head, Buffer.from(plain.join(',')), END]),
    names,
    start: (i) => starts[i],
    element: (i) => full.subarray(starts[i], starts[i + 1] - 1),
    place: (name) => places.get(name),
  };
}

const COMMA = Buffer.from(',');
const END = Buffer.from(']}');
