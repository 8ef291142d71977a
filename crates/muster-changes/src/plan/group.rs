//! What has to be done in one group.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use group_api::{
    Action, Backend, Capabilities, Field, Group, GroupKey, Guard, KeyKind, Member, MemberKind,
    Members, NewGroup, PersonChange, PersonKey, Role, Roles, Support, sort_by,
};
use muster_runs::{Changed, Task, field_of};

use super::names::{self, Names};
use super::{Lead, Line, Place, Plan, Problem, Stage, Unable, Why};
use crate::wish::{self, Admins, Holds, Mode, People, Present, Which, WishedPerson};

/// What a plan is made from, besides the wish.
pub(super) struct Asked<'a> {
    pub(super) present: &'a dyn Present,
    pub(super) mode: Mode,
    pub(super) backend: &'a dyn Backend,
    pub(super) me: Option<&'a PersonKey>,
}

/// A group of the wish with what is known of it.
struct Here<'a> {
    asked: &'a Asked<'a>,
    plan: &'a mut Plan,
    wished: usize,
    /// Its number in the plan, once something is to be done in it.
    place: usize,
    stage: Stage,
    group: Arc<Group>,
    /// The group with nobody but me in it, for questions about one person: a search among thousands each time
    /// would take as long as their square.
    alone: Option<Group>,
}

impl Asked<'_> {
    fn capabilities(&self) -> &'static Capabilities {
        self.backend.capabilities()
    }

    /// Puts into the plan what has to be done in one group.
    pub(super) fn group(&self, plan: &mut Plan, wished: usize, wish: &wish::Group, names: Names) {
        let problem = |plan: &mut Plan, why: Why| {
            let group = match &wish.which {
                Which::Known(key) => self
                    .present
                    .group(key)
                    .map_or_else(|| key.to_string(), |group| group.display_name.clone()),
                Which::New(new) if new.display_name.is_empty() => new.internal_name.clone(),
                Which::New(new) => new.display_name.clone(),
            };
            plan.problems.push(Problem {
                wished,
                group,
                who: None,
                why,
            });
        };
        if let Some(why) = names.group {
            return problem(plan, why);
        }
        let found = match &wish.which {
            Which::Known(key) => match names::known(wish, key, self.present) {
                Some(group) => Ok((Stage::There, group)),
                None => Err(vec![Why::NotFound]),
            },
            Which::New(new) => self.new_group(new),
        };
        let (stage, group) = match found {
            Ok(found) => found,
            Err(why) => {
                why.into_iter().for_each(|why| problem(plan, why));
                return;
            }
        };
        let mut here = Here {
            asked: self,
            place: plan.places.len(),
            plan,
            wished,
            stage,
            group,
            alone: None,
        };
        if let (Stage::New, Which::New(new)) = (stage, &wish.which) {
            let mut new = new.clone();
            // Who is to be in it is told by the people.
            let admin = new.add_admin.take();
            here.line(Task::Create {
                place: here.place,
                new: Box::new(new),
            });
            here.people(&wish.people, admin.as_ref());
        } else {
            let (fields, admin) = match &wish.which {
                Which::Known(_) => (Cow::Borrowed(&wish.fields), None),
                Which::New(new) => (Cow::Owned(fields(new)), new.add_admin.as_ref()),
            };
            here.fields(&fields, names.rename);
            here.people(&wish.people, admin);
        }
    }

    /// A group that is to be made: as it will be then, or as the one that is there under its name.
    fn new_group(&self, new: &NewGroup) -> Result<(Stage, Arc<Group>), Vec<Why>> {
        let capabilities = self.capabilities();
        let chosen = capabilities.key == KeyKind::ChosenName;
        let there = if chosen {
            let key = GroupKey::new(&new.internal_name).ok();
            key.and_then(|key| self.present.group(&key))
        } else {
            match self.present.named(&new.display_name).as_slice() {
                [] => None,
                [one] => self.present.group(one),
                several => return Err(vec![Why::Ambiguous(several.len())]),
            }
        };
        if let Some(group) = there {
            return Ok((Stage::ThereAlready, group));
        }
        let fields = [
            (Field::DisplayName, &new.display_name),
            (Field::InternalName, &new.internal_name),
            (Field::Description, &new.description),
            (Field::Photo, &new.photo),
        ];
        let faults: Vec<Why> = fields
            .into_iter()
            .filter(|(field, _)| capabilities.has_field(*field))
            .filter_map(|(field, text)| {
                let why = self.backend.check(field, text).err()?;
                Some(Why::BadField(field, why))
            })
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let key = if chosen { &new.internal_name } else { "new" };
        let key = GroupKey::new(key)
            .map_err(|fault| vec![Why::BadField(Field::InternalName, fault.to_string())])?;
        Ok((
            Stage::New,
            Arc::new(Group {
                key,
                display_name: if new.display_name.is_empty() {
                    new.internal_name.clone()
                } else {
                    new.display_name.clone()
                },
                description: None,
                photo: None,
                created: None,
                updated: None,
                members: Members::Listed(self.makers().into_iter().collect()),
            }),
        ))
    }

    /// Who is in a group as soon as it is made: on a system where groups are one's own, oneself.
    fn makers(&self) -> Option<Member> {
        let capabilities = self.capabilities();
        let lead = capabilities.lead()?;
        let me = self.me.filter(|_| !lead.assignable)?;
        Some(Member {
            person: me.clone(),
            label: me.to_string(),
            kind: MemberKind::User,
            roles: Roles::one(lead.role.clone()),
            joined: None,
            emails: Vec::new(),
            is_self: true,
        })
    }
}

/// What a group that was to be made says of the one that is there already.
fn fields(new: &NewGroup) -> Vec<(Field, String)> {
    let fields = [
        (Field::DisplayName, &new.display_name),
        (Field::Description, &new.description),
        (Field::Photo, &new.photo),
    ];
    let said = fields.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(field, text)| (field, text.clone())).collect()
}

impl Here<'_> {
    fn problem(&mut self, who: Option<Unable>, why: Why) {
        self.plan.problems.push(Problem {
            wished: self.wished,
            group: self.group.display_name.clone(),
            who,
            why,
        });
    }

    /// Puts a line into the plan, and with the first one the group.
    fn line(&mut self, task: Task) {
        self.line_of(Line {
            task,
            lead: Lead::Same,
            guard: None,
            never_seen: false,
        });
    }

    fn line_of(&mut self, line: Line) {
        if self.plan.places.len() == self.place {
            let members = self.group.members.listed().unwrap_or_default();
            let lead = self.asked.capabilities().lead();
            let leads = members
                .iter()
                .filter(|member| lead.is_some_and(|lead| member.roles.contains(&lead.role)));
            self.plan.places.push(Place {
                wished: self.wished,
                place: muster_runs::Place::of(&self.group),
                stage: self.stage,
                people: members.len(),
                leads: leads.count(),
            });
        }
        self.plan.lines.push(line);
    }

    fn fields(&mut self, fields: &[(Field, String)], rename: Option<Why>) {
        let mut changed: Vec<Changed> = Vec::new();
        for (at, (field, to)) in fields.iter().enumerate() {
            let field = *field;
            let before = fields.iter().take(at).find(|(known, _)| *known == field);
            if let Some((_, other)) = before {
                if other != to {
                    changed.retain(|changed| changed.field != field);
                    self.problem(None, Why::TwoValues(field));
                }
                continue;
            }
            let from = field_of(&self.group, field).to_owned();
            // A group without a display name shows its key: no read could tell that it was taken away.
            let says_nothing = field == Field::DisplayName && to.is_empty();
            if from == *to || says_nothing {
                continue;
            }
            let why = if self.asked.capabilities().has_field(field) {
                let taken = rename.clone().filter(|_| field == Field::InternalName);
                let bad = self.asked.backend.check(field, to).err();
                taken.or(bad.map(|why| Why::BadField(field, why)))
            } else {
                Some(Why::NoField(field))
            };
            match why {
                Some(why) => self.problem(None, why),
                None => changed.push(Changed {
                    field,
                    from,
                    to: to.clone(),
                }),
            }
        }
        if changed.is_empty() {
            return;
        }
        match self.forbidden(&Action::Edit, None) {
            Some(why) => self.problem(None, why),
            None => self.line(Task::Edit {
                place: self.place,
                changed,
            }),
        }
    }

    fn people(&mut self, people: &People, admin: Option<&PersonKey>) {
        let lead = self.asked.capabilities().lead();
        let admin = admin.zip(lead).map(|(person, lead)| WishedPerson {
            person: person.clone(),
            label: None,
            holds: Holds::Role(lead.role.clone()),
        });
        let (named, rest) = match people {
            People::Unsaid if admin.is_none() => return,
            People::Unsaid => (&[] as &[WishedPerson], None),
            People::Named(named) => match self.asked.mode {
                Mode::AddMissing => (named.as_slice(), None),
                Mode::ExactlySo(admins) => (named.as_slice(), Some(admins)),
            },
        };
        let group = Arc::clone(&self.group);
        let Some(members) = group.members.listed() else {
            return self.problem(None, Why::NotListed);
        };
        let said = admin.filter(|admin| named.iter().all(|named| named.person != admin.person));
        let wished = sorted(named.iter().chain(&said), |wished| &wished.person);
        let members = sorted(members.iter(), |member| &member.person);
        let (mut wished, mut members) = (
            wished.into_iter().peekable(),
            members.into_iter().peekable(),
        );
        loop {
            let order = match (wished.peek(), members.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(wished), Some(member)) => wished.person.cmp(&member.person),
            };
            let member = members.next_if(|_| order.is_ge());
            let Some(first) = wished.next_if(|_| order.is_le()) else {
                if let (Some(member), Some(admins)) = (member, rest) {
                    self.unnamed(member, admins);
                }
                continue;
            };
            let mut holds = Some(&first.holds);
            while let Some(again) = wished.next_if(|again| again.person == first.person) {
                holds = match (holds, &again.holds) {
                    (Some(Holds::Any), Holds::Role(_)) => Some(&again.holds),
                    (Some(Holds::Role(_)), Holds::Any) => holds,
                    (Some(before), now) if before == now => holds,
                    _ => None,
                };
            }
            match holds {
                Some(holds) => self.named(first, holds, member),
                None => {
                    let who = self.unable(first, member);
                    self.problem(Some(who), Why::TwoRoles);
                }
            }
        }
    }

    /// Somebody of whom the wish says something.
    fn named(&mut self, wished: &WishedPerson, holds: &Holds, member: Option<&Member>) {
        let change = match (holds, member) {
            (Holds::Nothing, None) | (Holds::Any, Some(_)) | (Holds::AsIs, _) => return,
            (Holds::Nothing, Some(member)) => PersonChange::Revoke(member.roles.clone()),
            (Holds::Any, None) => match self.asked.capabilities().assignable().last() {
                Some(plain) => PersonChange::Grant(plain.role.clone()),
                None => return,
            },
            (Holds::Role(role), None) => PersonChange::Grant(role.clone()),
            (Holds::Role(role), Some(member)) => {
                let change = PersonChange::Change {
                    from: member.roles.clone(),
                    to: role.clone(),
                };
                if self.asked.backend.is_shown(&change, &member.roles) {
                    return;
                }
                change
            }
        };
        let given = match &change {
            PersonChange::Grant(role) | PersonChange::Change { to: role, .. } => {
                self.not_given(role)
            }
            PersonChange::Restore(_) | PersonChange::Revoke(_) => None,
        };
        // That nobody can be added is told before which role they cannot have.
        let why = self.not_done(&change, member).or(given);
        if let Some(why) = why {
            let who = self.unable(wished, member);
            return self.problem(Some(who), why);
        }
        let label = member.map(|member| &member.label).or(wished.label.as_ref());
        self.person(&wished.person, label, change, member);
    }

    /// Somebody of whom the wish says nothing, in a group that is to be exactly so.
    fn unnamed(&mut self, member: &Member, admins: Admins) {
        let lead = self.asked.capabilities().lead();
        let leads = lead.is_some_and(|lead| member.roles.contains(&lead.role));
        if leads && admins == Admins::Stay {
            return;
        }
        let change = PersonChange::Revoke(member.roles.clone());
        if let Some(why) = self.not_done(&change, Some(member)) {
            let who = Unable {
                person: member.person.clone(),
                label: Some(member.label.clone()),
                email: member.emails.first().map(|email| email.address.clone()),
            };
            return self.problem(Some(who), why);
        }
        self.person(&member.person, Some(&member.label), change, Some(member));
    }

    fn person(
        &mut self,
        person: &PersonKey,
        label: Option<&String>,
        change: PersonChange,
        member: Option<&Member>,
    ) {
        let capabilities = self.asked.capabilities();
        let is_me = self.asked.me == Some(person) || member.is_some_and(|member| member.is_self);
        let to = match &change {
            PersonChange::Grant(role) | PersonChange::Change { to: role, .. } => Some(role),
            PersonChange::Restore(_) | PersonChange::Revoke(_) => None,
        };
        let had = |member: &Member, role: &Role| member.roles.contains(role);
        let lead = capabilities.lead().map_or(Lead::Same, |lead| {
            let before = member.is_some_and(|member| had(member, &lead.role));
            match (before, to == Some(&lead.role)) {
                (true, false) => Lead::Lost,
                (false, true) => Lead::Gained,
                _ => Lead::Same,
            }
        });
        let guard = match (is_me, member, to) {
            (true, Some(_), None) => Some(Guard::RemovesMe),
            (true, Some(member), Some(to)) => {
                let now = member
                    .roles
                    .iter()
                    .filter_map(|role| capabilities.rank(role));
                (capabilities.rank(to) > now.min()).then_some(Guard::DemotesMe)
            }
            _ => None,
        };
        self.line_of(Line {
            never_seen: member.is_none() && !self.asked.present.seen(person),
            task: Task::Person {
                place: self.place,
                person: person.clone(),
                label: label.filter(|label| *label != person.as_str()).cloned(),
                change,
            },
            lead,
            guard,
        });
    }

    /// Why a role cannot be given.
    fn not_given(&self, role: &Role) -> Option<Why> {
        let capabilities = self.asked.capabilities();
        let info = capabilities.roles.iter().find(|info| info.role == *role);
        match info {
            None => Some(Why::UnknownRole(role.clone())),
            Some(info) if !info.assignable => {
                Some(Why::NotGiven(role.clone(), capabilities.transfer))
            }
            Some(_) => None,
        }
    }

    /// Why something cannot be done to a person here, whatever the role.
    fn not_done(&mut self, change: &PersonChange, member: Option<&Member>) -> Option<Why> {
        if let Some(MemberKind::Other(kind)) = member.map(|member| &member.kind) {
            return Some(Why::NotAPerson(kind.clone()));
        }
        let Some(member) = member else {
            return match self.asked.capabilities().add {
                Support::No(why) => Some(Why::NoAdd(why)),
                Support::Yes => self.forbidden(&Action::Add, None),
            };
        };
        let person = member.person.clone();
        let action = match change {
            PersonChange::Revoke(_) => Action::Remove(person),
            _ => Action::ChangeRole(person),
        };
        self.forbidden(&action, Some(member))
    }

    /// Why something may not be done here, to this member if to one.
    fn forbidden(&mut self, action: &Action, member: Option<&Member>) -> Option<Why> {
        let me = self.asked.me;
        let group = &self.group;
        let alone = self.alone.get_or_insert_with(|| {
            let members = group.members.listed().unwrap_or_default();
            let mine = members
                .iter()
                .find(|member| member.is_self || me == Some(&member.person));
            Group {
                key: group.key.clone(),
                display_name: group.display_name.clone(),
                description: None,
                photo: None,
                created: None,
                updated: None,
                members: Members::Listed(mine.cloned().into_iter().collect()),
            }
        });
        let alone_with = member.filter(|member| alone.members.find(&member.person).is_none());
        if let (Members::Listed(members), Some(member)) = (&mut alone.members, alone_with) {
            members.push(member.clone());
        }
        let allowed = self.asked.backend.allowed(me, alone, action);
        if let (Members::Listed(members), Some(_)) = (&mut alone.members, alone_with) {
            members.pop();
        }
        allowed.reason().map(|why| Why::NotAllowed(why.to_owned()))
    }

    fn unable(&self, wished: &WishedPerson, member: Option<&Member>) -> Unable {
        let person = &wished.person;
        let label = wished.label.clone();
        let is_address = |text: &&str| text.contains('@');
        let said = label.as_deref().filter(is_address);
        let said = said.or_else(|| Some(person.as_str()).filter(is_address));
        let email = said.map(str::to_owned).or_else(|| {
            let here = member.and_then(|member| member.emails.first());
            here.map(|email| email.address.clone())
                .or_else(|| self.asked.present.email(person))
        });
        Unable {
            person: person.clone(),
            label: label.or_else(|| member.map(|member| member.label.clone())),
            email,
        }
    }
}

/// References in the order of their persons, found out at once where they stand in it already.
fn sorted<'a, T>(
    list: impl Iterator<Item = &'a T>,
    person: impl Fn(&T) -> &PersonKey,
) -> Vec<&'a T> {
    let mut list: Vec<&T> = list.collect();
    if !list.is_sorted_by(|a, b| person(a) <= person(b)) {
        sort_by(&mut list, |a, b| person(a).cmp(person(b)));
    }
    list
}
