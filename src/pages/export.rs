//! What is seen, as a file for spreadsheets: one line a membership.

use group_api::{Group, Member};
use muster_core::csv_line;

use crate::browser;
use crate::format;
use crate::store::Store;

/// Hands out the members of groups as CSV, with the connection and the time of reading in each line.
pub(super) fn export(store: Store, name: &str, read_at: f64, groups: &[(&Group, Vec<&Member>)]) {
    let capabilities = store.capabilities();
    let connection = store.connection().name;
    let read = format::instant_ms(read_at);
    let mut text = csv_line(&[
        "connection",
        "read",
        "group",
        "group name",
        "person",
        "name",
        "e-mail",
        "role",
        "joined",
    ]);
    for (group, members) in groups {
        let (key, title) = (group.key.as_str(), group.display_name.as_str());
        if members.is_empty() {
            text.push_str(&csv_line(&[
                &connection,
                &read,
                key,
                title,
                "",
                "",
                "",
                "",
                "",
            ]));
        }
        for member in members {
            let roles: Vec<&str> = member
                .roles
                .iter()
                .map(|role| capabilities.label(role))
                .collect();
            let email = member
                .emails
                .first()
                .map_or("", |email| email.address.as_str());
            let joined = member.joined.map(format::instant).unwrap_or_default();
            text.push_str(&csv_line(&[
                &connection,
                &read,
                key,
                title,
                member.person.as_str(),
                &member.label,
                email,
                &roles.join("; "),
                &joined,
            ]));
        }
    }
    browser::download(&format!("{name}.csv"), "text/csv;charset=utf-8", &text);
}
