//! Files and cells from elsewhere: bytes to text, text to a table, its columns, what it names, the wish, and the plan that leads there.
#![no_main]

use group_api::{
    Backend, Group, GroupKey, Instabase, Member, MemberKind, Members, PersonKey, Roles, Snip,
};
use libfuzzer_sys::fuzz_target;
use muster_changes::bring::{Brought, Choices, Layout, Matching, decode, read};
use muster_changes::{Admins, Mode, plan};
use muster_core::{Coverage, Directory};
use std::cell::OnceCell;

thread_local! {
    static KNOWN: [OnceCell<Directory>; 2] = const { [OnceCell::new(), OnceCell::new()] };
}

fn directory(system: &'static dyn Backend) -> Directory {
    let roles = system.capabilities().roles;
    let mut directory = Directory::new(system.capabilities(), 7);
    directory.begin();
    for (key, name, people) in [
        ("101", "Sales", &["alice", "bob"][..]),
        ("102", "Data Read", &["carol"]),
        ("103", "Data Read", &["dave", "7"]),
    ] {
        let members = people.iter().zip(roles).filter_map(|(person, role)| {
            Some(Member {
                person: PersonKey::new(person).ok()?,
                label: (*person).to_owned(),
                kind: MemberKind::User,
                roles: Roles::one(role.role.clone()),
                joined: None,
                emails: Vec::new(),
                is_self: false,
            })
        });
        let Ok(key) = GroupKey::new(key) else {
            continue;
        };
        let group = Group {
            key,
            display_name: name.to_owned(),
            description: None,
            photo: None,
            created: None,
            updated: None,
            members: Members::Listed(members.collect()),
        };
        directory.put_listed(group, b"");
    }
    directory.end_list(Coverage::Full {
        read_at: 0.0,
        unreadable: 0,
    });
    directory
}

fuzz_target!(|data: &[u8]| {
    let Ok((text, _)) = decode(data) else { return };
    let Ok(table) = read(&text) else { return };
    let systems: [&'static dyn Backend; 2] = [&Instabase, &Snip];
    for (place, system) in systems.into_iter().enumerate() {
        KNOWN.with(|known| {
            let directory = known[place].get_or_init(|| directory(system));
            let layout = Layout::guess(&table, None, directory, system.capabilities());
            let mut matching = Matching::new(&table, &layout, None, directory, system);
            if data.len() < 300 {
                matching.look_near(directory);
            }
            let brought = Brought::new(&table, &layout, &matching, &Choices::default(), system);
            assert_eq!(
                brought.fates().len(),
                table.len().saturating_sub(layout.begin()),
                "{text:?}"
            );
            let Ok(wish) = brought.wish() else { return };
            for mode in [
                Mode::AddMissing,
                Mode::ExactlySo(Admins::Stay),
                Mode::ExactlySo(Admins::Go),
            ] {
                let _ = plan(&wish, directory, mode, system, None);
            }
        });
    }
});
