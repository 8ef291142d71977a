//! What of a group's members can be exported.

use std::collections::HashSet;
use std::rc::Rc;

use group_api::{Member, PersonKey};

use super::GroupPage;
use crate::export::{Content, Keep, Offer, Offers, SOME_OF_THE_PEOPLE, Sheet, Whole};
use crate::format;
use crate::store::Store;

/// Members as their table shows them.
fn sheet(store: Store, members: Rc<Vec<Member>>) -> Content {
    let capabilities = store.capabilities();
    let has_times = capabilities.times.is_yes();
    let mut headings = vec!["Member", "Person", "Role"];
    headings.extend(has_times.then_some("Joined"));
    Content::Sheet(Sheet {
        headings: headings.into_iter().map(str::to_owned).collect(),
        count: members.len(),
        line: Box::new(move |place| {
            let member = members.get(place)?;
            let roles: Vec<&str> = member
                .roles
                .iter()
                .map(|role| capabilities.label(role))
                .collect();
            let mut cells = vec![
                member.label.clone(),
                member.person.to_string(),
                roles.join("; "),
            ];
            if has_times {
                cells.push(member.joined.map(format::instant).unwrap_or_default());
            }
            Some(cells)
        }),
    })
}

/// The members of a group who are in a table: as they stand there, or as lines that can be brought back.
pub(super) fn members(page: GroupPage, words: &str, members: Vec<Member>) -> Offers {
    let store = page.store;
    let key = page.key.get_untracked();
    let count = format::people(members.len());
    let everybody = page.group.with_untracked(|group| {
        let listed = group.as_ref().and_then(|group| group.members.listed());
        listed.is_some_and(|listed| listed.len() == members.len())
    });
    let people: HashSet<PersonKey> = members.iter().map(|member| member.person.clone()).collect();
    let (members, people) = (Rc::new(members), Rc::new(people));
    let name = key.as_ref().map(|key| format!("{key} members"));
    Offers {
        name: name.unwrap_or_default(),
        read_at: page.read_at(),
        offers: vec![
            Offer {
                words: format!("{count}{words}, one line a membership"),
                hint: (!everybody).then(|| SOME_OF_THE_PEOPLE.to_owned()),
                content: Rc::new(move || {
                    let people = Rc::clone(&people);
                    Content::Whole(Whole {
                        keys: key.clone().into_iter().collect(),
                        keep: if everybody {
                            Keep::Everybody
                        } else {
                            Keep::Some(Box::new(move |member| people.contains(&member.person)))
                        },
                    })
                }),
            },
            Offer {
                words: format!("{count}{words}, as the table shows them"),
                hint: None,
                content: Rc::new(move || sheet(store, Rc::clone(&members))),
            },
        ],
    }
}
