//! The groups known to one connection, and how much of all there are they are.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use group_api::{
    ApiError, Capabilities, Group, GroupKey, Member, MemberKind, Members, PersonKey, PlainGroup,
    Role, Roles, sort_by,
};

use crate::columns::{Columns, Membership, Parts, Put, Row};
use crate::natural::natural_cmp;

/// How much of the groups is known. What needs everything asks for `Full` or says "of the N loaded".
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Coverage {
    /// Nothing has been read.
    #[default]
    None,
    /// Being read, for the first time or again.
    Loading,
    /// The reading broke off, because.
    BrokenOff(ApiError),
    /// Everything, read at this time (milliseconds since 1970), with so many groups that could not
    /// be understood.
    Full {
        /// When the list ended.
        read_at: f64,
        /// How many elements of it were unreadable.
        unreadable: u32,
    },
}

/// What a role is to the columns if the system has no such role, by its documentation.
pub(crate) const OTHER_ROLE: u8 = 15;
/// How far ahead a list may be of what was brought last time and still be in step.
const AHEAD: u32 = 64;
/// After how many changes who looks on has to look at everything anew.
const LONGEST_LOG: usize = 1 << 18;

/// The groups of one connection.
#[derive(Debug)]
pub struct Directory {
    capabilities: &'static Capabilities,
    columns: Columns,
    coverage: Coverage,
    reading: u32,
    /// The row that a list should bring next, if it brings what it brought before.
    next: u32,
    /// What was read or found gone while the list was on its way: the list's word on it is older.
    fresher: HashSet<GroupKey>,
    /// The rows that changed, for whoever follows, and how many changed before those.
    log: Vec<u32>,
    logged_before: u64,
    /// The group last asked for, made of its columns, and the stamp of its row.
    opened: RefCell<Option<(u32, Arc<Group>)>>,
    gathered: Vec<Membership>,
}

impl Directory {
    /// An empty directory for a system. `seed` is any number that outsiders cannot know.
    #[must_use]
    pub fn new(capabilities: &'static Capabilities, seed: u64) -> Self {
        Self {
            capabilities,
            columns: Columns::new(seed),
            coverage: Coverage::None,
            reading: 0,
            next: 0,
            fresher: HashSet::new(),
            log: Vec::new(),
            logged_before: 0,
            opened: RefCell::default(),
            gathered: Vec::new(),
        }
    }

    /// How many groups are known.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.columns.living() as usize
    }

    /// Whether none is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.columns.living() == 0
    }

    /// How much of them all that is.
    #[must_use]
    pub const fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// How many bytes the groups take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.columns.bytes()
    }

    /// A list begins to arrive; what is known stays until it has ended.
    pub fn begin(&mut self) {
        self.reading = self.reading.wrapping_add(1);
        self.next = 0;
        self.coverage = Coverage::Loading;
        self.fresher.clear();
    }

    /// The same, quietly: what was known whole is known whole until that list has ended.
    pub fn begin_quietly(&mut self) {
        let coverage = std::mem::take(&mut self.coverage);
        self.begin();
        self.coverage = coverage;
    }

    /// The rows that the list which is on its way has not brought: if it ends now, they are gone.
    #[must_use]
    pub fn not_brought(&self) -> Vec<u32> {
        self.columns.unseen(self.reading)
    }

    /// Whether a group was read or found gone by itself since the list began to come.
    #[must_use]
    pub fn is_fresher(&self, key: &str) -> bool {
        self.fresher.contains(key)
    }

    /// How many changes there were by now.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.logged_before + self.log.len() as u64
    }

    /// The rows that changed since there were so many changes, some of them more than once; none if that is too long ago to
    /// tell.
    #[must_use]
    pub fn changed_since(&self, changes: u64) -> Vec<u32> {
        self.changes_since(changes).0.unwrap_or_default().to_vec()
    }

    /// The list has ended. Only an intact end proves that what it did not hold is gone.
    pub fn end_list(&mut self, coverage: Coverage) {
        if matches!(coverage, Coverage::Full { .. }) {
            for number in self.columns.unseen(self.reading) {
                self.columns.remove(number);
                self.changed(number);
            }
            self.columns.tidy();
        }
        self.coverage = coverage;
    }

    /// The server says that nothing has changed since the last intact end, which had this coverage.
    pub fn end_unchanged(&mut self, before: Coverage, now: f64) {
        self.coverage = match before {
            Coverage::Full { unreadable, .. } => Coverage::Full {
                read_at: now,
                unreadable,
            },
            other => other,
        };
    }

    /// If these bytes begin with the element that the list brought here before, byte for byte: its
    /// length. The group counts as brought.
    pub fn known(&mut self, bytes: &[u8]) -> Option<usize> {
        let number = self.next;
        let length = self.columns.same(number, bytes)?;
        self.columns.see(number, self.reading);
        self.next = self.columns.after(number);
        Some(length)
    }

    /// Takes a group as the list brings it, unless something newer is known of it.
    pub fn put_listed(&mut self, group: Group, element: &[u8]) {
        if self.is_older(group.key.as_str()) {
            return;
        }
        let number = self.put_group(group, Some(element));
        self.in_step(number);
    }

    /// The same of a group still in the reply.
    pub fn put_plain(&mut self, group: &PlainGroup<'_>) {
        if group.people.is_none() && self.holds_more(group.key) {
            if let Some(owned) = group.to_group() {
                self.put_listed(owned, group.element);
            }
            return;
        }
        if self.is_older(group.key) {
            return;
        }
        let mut gathered = std::mem::take(&mut self.gathered);
        gathered.clear();
        let mut people = 0;
        if let Some(by_role) = group.people {
            self.columns.persons.begin_group();
            for (role, names) in by_role.by_role() {
                let role = self.place_of(role);
                let persons = &mut self.columns.persons;
                people += persons.gather_each(group.element, names, role, &mut gathered);
            }
        }
        let (number, put) = self.columns.put(
            Parts {
                key: group.key,
                name: group.display_name,
                description: group.description,
                photo: group.photo,
                members: group.people.map(|_| (gathered.as_slice(), people)),
                element: Some(group.element),
                rich: None,
            },
            self.reading,
        );
        self.gathered = gathered;
        self.in_step(number);
        if put == Put::Something {
            self.changed(number);
        }
    }

    /// Takes a group as a read of its own brought it.
    pub fn put_read(&mut self, group: Group) {
        self.fresher.insert(group.key.clone());
        self.put_group(group, None);
    }

    /// The same of a group that a list of some groups brought, and the bytes it was read from.
    /// Gives its row's number.
    pub fn put_fresh(&mut self, group: Group, element: &[u8]) -> u32 {
        self.fresher.insert(group.key.clone());
        self.put_group(group, Some(element))
    }

    /// A group is known to be gone.
    pub fn remove(&mut self, key: &GroupKey) {
        self.fresher.insert(key.clone());
        if let Some(number) = self.columns.find(key.as_str()) {
            self.columns.remove(number);
            self.changed(number);
        }
    }

    /// Whether the list's word on a group is older than what is known.
    fn is_older(&mut self, key: &str) -> bool {
        if !self.fresher.contains(key) {
            return false;
        }
        if let Some(number) = self.columns.find(key) {
            self.columns.see(number, self.reading);
            self.in_step(number);
        }
        true
    }

    /// Whether more is known of the people in a group than columns hold.
    fn holds_more(&self, key: &str) -> bool {
        let row = self
            .columns
            .find(key)
            .and_then(|number| self.columns.row(number));
        row.is_some_and(|row| row.rich().is_some())
    }

    /// The list brought this row; what it brings next is probably the row behind it.
    fn in_step(&mut self, number: u32) {
        if (self.next..self.next.saturating_add(AHEAD)).contains(&number) {
            self.next = self.columns.after(number);
        }
    }

    /// Takes a group as read, in place of what was known of it. A reply that does not say who is in
    /// it takes nothing away from what is known.
    fn put_group(&mut self, mut group: Group, element: Option<&[u8]>) -> u32 {
        if group.members == Members::NotListed
            && let Some(known) = self.get(&group.key)
        {
            group.members = known.members.clone();
        }
        let mut gathered = Vec::new();
        let mut people = 0;
        self.columns.persons.begin_group();
        let mut rich = group.created.is_some() || group.updated.is_some();
        let mut renamed = false;
        let mut first_roles = 0;
        for member in group.members.listed().unwrap_or_default() {
            let person = self
                .columns
                .persons
                .intern(member.person.as_str().as_bytes());
            renamed |= self.columns.persons.call(person, &member.label);
            rich |= member.label != member.person.as_str()
                || member.kind != MemberKind::User
                || member.joined.is_some()
                || !member.emails.is_empty()
                || member.is_self;
            let mut roles_so_far = 0;
            for role in member.roles.iter() {
                let place = self.place_of(role);
                // The columns keep roles in the system's order, and people by their first role.
                rich |= place == OTHER_ROLE || place < roles_so_far;
                if roles_so_far == 0 {
                    rich |= place < first_roles;
                    first_roles = place;
                }
                roles_so_far = place + 1;
                people += self.columns.persons.gather(person, place, &mut gathered);
            }
        }
        let listed = group.members.listed().is_some();
        let gathered: Vec<Membership> = (0..=OTHER_ROLE)
            .flat_map(|role| gathered.iter().filter(move |one| one.role() == role))
            .copied()
            .collect();
        let group = Arc::new(group);
        let (number, put) = self.columns.put(
            Parts {
                key: group.key.as_str(),
                name: &group.display_name,
                description: group.description.as_deref().unwrap_or_default(),
                photo: group.photo.as_deref().unwrap_or_default(),
                members: listed.then_some((gathered.as_slice(), people)),
                element,
                rich: rich.then_some(&group),
            },
            self.reading,
        );
        if put == Put::Something || renamed {
            self.changed(number);
        }
        number
    }

    fn place_of(&self, role: &Role) -> u8 {
        self.capabilities
            .roles
            .iter()
            .position(|info| info.role == *role)
            .and_then(|place| u8::try_from(place).ok())
            .unwrap_or(OTHER_ROLE)
    }

    fn changed(&mut self, number: u32) {
        if self.log.len() >= LONGEST_LOG {
            self.logged_before += self.log.len() as u64;
            self.log.clear();
        }
        self.log.push(number);
    }

    /// The rows that changed since so many had changed, and how many have by now; `None` if that is
    /// too long ago to tell.
    pub(crate) fn changes_since(&self, seen: u64) -> (Option<&[u32]>, u64) {
        let now = self.changes();
        let news = seen
            .checked_sub(self.logged_before)
            .and_then(|from| self.log.get(usize::try_from(from).ok()?..));
        (news, now)
    }

    /// The group as last read.
    #[must_use]
    pub fn get(&self, key: &GroupKey) -> Option<Arc<Group>> {
        let row = self.columns.row(self.columns.find(key.as_str())?)?;
        if let Some(group) = row.rich() {
            return Some(Arc::clone(group));
        }
        let mut opened = self.opened.borrow_mut();
        if let Some((stamp, group)) = &*opened
            && *stamp == row.stamp()
        {
            return Some(Arc::clone(group));
        }
        let group = Arc::new(self.build(&row, key));
        *opened = Some((row.stamp(), Arc::clone(&group)));
        Some(group)
    }

    /// A group of its columns.
    fn build(&self, row: &Row<'_>, key: &GroupKey) -> Group {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let members = match row.people() {
            None => Members::NotListed,
            Some(people) => {
                let mut members: Vec<Member> = Vec::with_capacity(people as usize);
                // Where a person stands whom an earlier role has brought.
                let mut places = std::collections::HashMap::new();
                let memberships = row.memberships();
                let doubles = memberships.len() > people as usize;
                for membership in memberships {
                    let Some(info) = self.capabilities.roles.get(usize::from(membership.role()))
                    else {
                        continue;
                    };
                    let number = membership.person();
                    if doubles {
                        let place = *places.entry(number).or_insert(members.len());
                        if let Some(member) = members.get_mut(place) {
                            member.roles.insert(info.role.clone());
                            continue;
                        }
                    }
                    let name = self.columns.persons.key(number);
                    if let Ok(person) = PersonKey::new(name) {
                        members.push(Member {
                            person,
                            label: name.to_owned(),
                            kind: MemberKind::User,
                            roles: Roles::one(info.role.clone()),
                            joined: None,
                            emails: Vec::new(),
                            is_self: false,
                        });
                    }
                }
                Members::Listed(members)
            }
        };
        Group {
            key: key.clone(),
            display_name: row.display_name().to_owned(),
            description: filled(row.description()),
            photo: filled(row.photo()),
            created: None,
            updated: None,
            members,
        }
    }

    /// The row of a number that [`crate::Selector::select`] gave.
    #[must_use]
    pub fn row(&self, number: u32) -> Option<Row<'_>> {
        self.columns.row(number)
    }

    /// The number of a group's row.
    #[must_use]
    pub fn number_of(&self, key: &str) -> Option<u32> {
        self.columns.find(key)
    }

    /// Each group, in no order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.columns.rows()
    }

    /// The row of a group.
    #[must_use]
    pub fn row_of(&self, key: &GroupKey) -> Option<Row<'_>> {
        self.columns.row(self.columns.find(key.as_str())?)
    }

    /// The groups of these numbers, for who goes over them a piece at a time.
    pub fn rows_between(&self, numbers: Range<u32>) -> impl Iterator<Item = Row<'_>> {
        numbers.filter_map(|number| self.row(number))
    }

    /// The keys of people of these numbers who are in some group, with the numbers.
    pub fn people_between(&self, numbers: Range<u32>) -> impl Iterator<Item = (u32, &str)> {
        let persons = &self.columns.persons;
        numbers
            .filter(|number| persons.is_somewhere(*number))
            .map(|number| (number, persons.key(number)))
    }

    /// Every row's number is below it.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.columns.end()
    }

    /// The place of the role that manages a group, as memberships hold it.
    pub(crate) fn lead_place(&self) -> Option<u8> {
        let lead = self.capabilities.lead()?;
        Some(self.place_of(&lead.role))
    }

    /// The role of a place, where the system has one there.
    pub(crate) fn role_at(&self, place: u8) -> Option<&Role> {
        let info = self.capabilities.roles.get(usize::from(place))?;
        Some(&info.role)
    }

    /// What those who manage a group are called, where that is known.
    pub fn leads<'a>(&'a self, row: &Row<'a>) -> Option<impl Iterator<Item = &'a str> + use<'a>> {
        row.people()?;
        let lead = self.lead_place();
        let persons = &self.columns.persons;
        Some(row.holders(lead).map(|number| persons.label(number)))
    }

    /// Whether groups have times.
    pub(crate) fn has_times(&self) -> bool {
        self.capabilities.times.is_yes()
    }

    /// The number of the first of those who manage a group.
    pub(crate) fn first_lead(&self, row: &Row<'_>) -> Option<u32> {
        row.holders(Some(self.lead_place()?)).next()
    }

    /// How many manage a group, two and more being two: those of the highest role come first.
    pub(crate) fn some_leads(&self, row: &Row<'_>) -> usize {
        let lead = self.lead_place();
        let first = row.memberships().iter().take(2);
        first
            .filter(|membership| Some(membership.role()) == lead)
            .count()
    }

    /// Whether another known group has the same display name, so that its key has to be shown too.
    #[must_use]
    pub fn shares_its_name(&self, group: &Group) -> bool {
        self.columns
            .rows()
            .any(|row| row.display_name() == group.display_name && row.key() != group.key.as_str())
    }

    /// Whether a person is in any known group.
    #[must_use]
    pub fn knows(&self, person: &PersonKey) -> bool {
        self.person(person)
            .is_some_and(|number| self.columns.persons.is_somewhere(number))
    }

    /// The number of a person who was ever seen.
    pub(crate) fn person(&self, person: &PersonKey) -> Option<u32> {
        self.columns.persons.find(person.as_str())
    }

    /// The same by the text of a key.
    pub(crate) fn person_by(&self, key: &str) -> Option<u32> {
        self.columns.persons.find(key)
    }

    /// The key of a person of this number, and what to call them.
    #[must_use]
    pub fn person_at(&self, number: u32) -> (&str, &str) {
        let persons = &self.columns.persons;
        (persons.key(number), persons.label(number))
    }

    /// What a person is called who was ever seen here.
    #[must_use]
    pub fn label_of(&self, person: &PersonKey) -> Option<&str> {
        Some(self.columns.persons.label(self.person(person)?))
    }

    /// Who I am, where the groups tell it.
    #[must_use]
    pub fn myself(&self) -> Option<&PersonKey> {
        let mut groups = self.columns.rows().filter_map(|row| row.rich());
        groups.find_map(|group| {
            let mut members = group.members.listed()?.iter();
            Some(&members.find(|member| member.is_self)?.person)
        })
    }

    /// Every person's number is below it.
    #[must_use]
    pub fn persons_end(&self) -> u32 {
        self.columns.persons.len()
    }

    /// Everybody who is in some group: number, key, label.
    pub(crate) fn persons(&self) -> impl Iterator<Item = (u32, &str, &str)> {
        self.persons_of(|_| true)
    }

    /// The same of some of them, by number.
    pub(crate) fn persons_of(
        &self,
        of: impl Fn(u32) -> bool,
    ) -> impl Iterator<Item = (u32, &str, &str)> {
        let persons = &self.columns.persons;
        (0..persons.len())
            .filter(move |number| of(*number) && persons.is_somewhere(*number))
            .map(|number| (number, persons.key(number), persons.label(number)))
    }

    /// Everybody seen in any group, each once, by name.
    #[must_use]
    pub fn people(&self) -> Vec<(PersonKey, String)> {
        let mut list: Vec<_> = self
            .persons()
            .filter_map(|(_, key, label)| Some((PersonKey::new(key).ok()?, label.to_owned())))
            .collect();
        sort_by(&mut list, |a, b| natural_cmp(&a.1, &b.1));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Direction, Only, Query, Selector, SortBy};
    use group_api::{Backend, Instabase};

    fn member(name: &str, role: &'static str) -> Member {
        Member {
            person: PersonKey::new(name).unwrap(),
            label: name.to_owned(),
            kind: MemberKind::User,
            roles: Roles::one(Role::known(role)),
            joined: None,
            emails: vec![],
            is_self: false,
        }
    }

    fn group(key: &str, name: &str, description: &str, members: Members) -> Group {
        Group {
            key: GroupKey::new(key).unwrap(),
            display_name: name.to_owned(),
            description: Some(description.to_owned()).filter(|d| !d.is_empty()),
            photo: None,
            created: None,
            updated: None,
            members,
        }
    }

    fn put(directory: &mut Directory, group: Group) {
        let element = format!("{group:?}");
        directory.put_listed(group, element.as_bytes());
    }

    fn directory() -> Directory {
        let mut directory = Directory::new(Instabase.capabilities(), 7);
        directory.begin();
        put(
            &mut directory,
            group(
                "team_10",
                "Team 10",
                "",
                Members::Listed(vec![member("bo", "admin"), member("cy", "member")]),
            ),
        );
        put(
            &mut directory,
            group("team_2", "Team 2", "Read access", Members::Listed(vec![])),
        );
        put(
            &mut directory,
            group(
                "equipe",
                "Équipe Paris",
                "team of Paris",
                Members::Listed(vec![member("ann", "admin")]),
            ),
        );
        put(
            &mut directory,
            group("unsaid", "Data", "", Members::NotListed),
        );
        directory.end_list(Coverage::Full {
            read_at: 1.0,
            unreadable: 0,
        });
        directory
    }

    fn keys(directory: &Directory, query: &Query) -> Vec<String> {
        Selector::default()
            .select(directory, query)
            .iter()
            .map(|number| directory.row(*number).unwrap().key().to_owned())
            .collect()
    }

    fn search(text: &str) -> Query {
        Query {
            search: text.to_owned(),
            ..Query::default()
        }
    }

    /// Names are looked through many at once: each of a thousand is found by itself, and by no part of two.
    #[test]
    fn everybody_is_found_by_name_however_many_there_are() {
        let mut directory = Directory::new(Instabase.capabilities(), 7);
        directory.begin();
        let name = |number: usize| format!("{number:03}.{}", "x".repeat(number % 30));
        for number in 0..1000 {
            let members = Members::Listed(vec![member(&name(number), "member")]);
            put(
                &mut directory,
                group(&format!("g{number:03}"), "Team", "", members),
            );
        }
        let mut selector = Selector::default();
        let mut found = |text: &str| selector.select(&directory, &search(text)).len();
        for number in 0..1000 {
            let word = format!("{number:03}.");
            assert_eq!(found(&word), 1, "{word}");
        }
        assert_eq!(found("xx.0"), 0);
        let long = |length| format!(".{}", "x".repeat(length));
        assert_eq!(found(&long(29)), 33);
        assert_eq!(found(&long(30)), 0);
    }

    #[test]
    fn the_best_match_comes_first_and_numbers_are_numbers() {
        let directory = directory();
        assert_eq!(
            keys(&directory, &search("")),
            ["unsaid", "equipe", "team_2", "team_10"]
        );
        assert_eq!(
            keys(&directory, &search("TEAM")),
            ["team_2", "team_10", "equipe"]
        );
        assert_eq!(keys(&directory, &search("paris equipe")), ["equipe"]);
        assert_eq!(keys(&directory, &search("access team")), ["team_2"]);
        assert_eq!(keys(&directory, &search("nothing")), [""; 0]);
    }

    #[test]
    fn what_is_not_known_comes_last_both_ways() {
        let directory = directory();
        let by = |sort, direction| Query {
            sort: Some(sort),
            direction,
            ..Query::default()
        };
        assert_eq!(
            keys(&directory, &by(SortBy::People, Direction::Ascending)),
            ["team_2", "equipe", "team_10", "unsaid"]
        );
        assert_eq!(
            keys(&directory, &by(SortBy::People, Direction::Descending)),
            ["team_10", "equipe", "team_2", "unsaid"]
        );
        assert_eq!(
            keys(&directory, &by(SortBy::Leads, Direction::Descending)),
            ["team_10", "equipe", "unsaid", "team_2"]
        );
        assert_eq!(
            keys(&directory, &by(SortBy::Name, Direction::Descending)),
            ["team_10", "team_2", "equipe", "unsaid"]
        );
    }

    #[test]
    fn only_the_groups_of_a_person() {
        let query = Query {
            only: Only::Of(PersonKey::new("cy").unwrap()),
            ..Query::default()
        };
        assert_eq!(keys(&directory(), &query), ["team_10"]);
    }

    #[test]
    fn only_an_intact_end_proves_that_a_group_is_gone() {
        let mut directory = directory();
        directory.begin();
        put(
            &mut directory,
            group("team_2", "Team 2", "", Members::NotListed),
        );
        directory.end_list(Coverage::BrokenOff(ApiError::NoConnection));
        assert_eq!(directory.len(), 4);
        assert_eq!(
            directory
                .get(&GroupKey::new("team_2").unwrap())
                .unwrap()
                .members,
            Members::Listed(vec![])
        );
        directory.begin();
        put(
            &mut directory,
            group("team_2", "Team 2", "", Members::NotListed),
        );
        directory.end_list(Coverage::Full {
            read_at: 2.0,
            unreadable: 0,
        });
        assert_eq!(keys(&directory, &search("")), ["team_2"]);
        assert!(directory.get(&GroupKey::new("equipe").unwrap()).is_none());
    }

    #[test]
    fn a_list_on_its_way_is_older_than_a_read_meanwhile() {
        let mut directory = directory();
        directory.begin();
        let read = group(
            "team_2",
            "Team 2",
            "",
            Members::Listed(vec![member("new", "admin")]),
        );
        directory.put_read(read);
        directory.remove(&GroupKey::new("equipe").unwrap());
        for key in ["team_2", "equipe", "team_10"] {
            put(&mut directory, group(key, key, "", Members::Listed(vec![])));
        }
        directory.end_list(Coverage::Full {
            read_at: 2.0,
            unreadable: 0,
        });
        assert_eq!(keys(&directory, &search("")), ["team_2", "team_10"]);
        let known = directory.get(&GroupKey::new("team_2").unwrap()).unwrap();
        assert_eq!(known.members.listed().unwrap().len(), 1);
        // The next list knows better.
        directory.begin();
        put(
            &mut directory,
            group("team_2", "x", "", Members::Listed(vec![])),
        );
        let known = directory.get(&GroupKey::new("team_2").unwrap()).unwrap();
        assert_eq!(known.members, Members::Listed(vec![]));
    }

    #[test]
    fn people_are_listed_once() {
        let people: Vec<String> = directory()
            .people()
            .into_iter()
            .map(|(_, label)| label)
            .collect();
        assert_eq!(people, ["ann", "bo", "cy"]);
    }
}
