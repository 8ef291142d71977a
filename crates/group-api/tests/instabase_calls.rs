//! Every call of Instabase's contract: the request line and body that go out, and what comes back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use common::*;
use group_api::{
    ApiError, Backend, Field, Group, GroupEdit, Instabase, ListAsk, ListEnd, Members, NewGroup,
    Outcome, PersonChange, PersonKey, Presence, ReadBack, Refusal, Roles, UndoneStep,
};
use serde_json::json;

const GROUP: &str = "/api/v1/groups/group/eng_group";
const MEMBERS: &str = "POST /api/v1/groups/group/eng_group/members";

fn get() -> Call {
    expect(&format!("GET {GROUP}"))
}

fn words(text: &str) -> Refusal {
    Refusal {
        words: text.to_owned(),
        people: vec![],
    }
}

#[test]
fn the_three_lists() {
    let end = ListEnd {
        elements: 1,
        unreadable: 0,
        etag: None,
    };
    for (ask, line) in [
        (ListAsk::Plain, "GET /api/v1/groups/list"),
        (
            ListAsk::WithMembers,
            "GET /api/v1/groups/list?get_members=true",
        ),
        (
            ListAsk::OfPerson(person("gru")),
            "GET /api/v1/groups/list?get_members=true&username=gru",
        ),
        (
            ListAsk::OfPerson(person("a b&get_members=false#?/%é+\"")),
            "GET /api/v1/groups/list?get_members=true&username=a%20b%26get_members%3Dfalse%23%3F%2F%25%C3%A9%2B%22",
        ),
        (
            ListAsk::OfPerson(person("gru.mail@example.org")),
            "GET /api/v1/groups/list?get_members=true&username=gru.mail%40example.org",
        ),
    ] {
        let ran = run(
            Instabase.list(&ask),
            &[expect(line).ok(ib_list(&["eng_group"]))],
        );
        assert_eq!(
            ran.sink.groups,
            [group_of("eng_group", Members::NotListed)],
            "{ask:?}"
        );
        assert_eq!(ran.value(), end);
    }
}

#[test]
fn a_key_from_an_address_stays_one_segment() {
    let ran = run(
        Instabase.get(&key("../list?x=1")),
        &[expect("GET /api/v1/groups/group/..%2Flist%3Fx%3D1").ok(ib_error("Bad name"))],
    );
    assert_eq!(ran.error(), ApiError::Refused(words("Bad name")));
}

#[test]
fn create_sends_only_the_fields_that_are_filled() {
    let filled = |display: &str, description: &str, photo: &str| NewGroup {
        display_name: display.to_owned(),
        internal_name: "eng_group".to_owned(),
        description: description.to_owned(),
        photo: photo.to_owned(),
        add_admin: None,
    };
    let photo = "https://example.org/p.png";
    for (new, body) in [
        (filled("", "", ""), json!({})),
        (filled("Eng", "", ""), json!({"full_name": "Eng"})),
        (filled("", "All", ""), json!({"description": "All"})),
        (filled("", "", photo), json!({"profile_photo_url": photo})),
        (
            filled("Eng", "All", photo),
            json!({"full_name": "Eng", "description": "All", "profile_photo_url": photo}),
        ),
    ] {
        let group = json!({"group": {
            "name": "eng_group", "full_name": new.display_name, "description": new.description,
            "profile_photo_url": new.photo, "admins": [], "members": [],
        }});
        let made = run(
            Instabase.create(&new).unwrap(),
            &[
                expect(&format!("POST {GROUP}"))
                    .with(body)
                    .ok(r#"{"status":"OK"}"#),
                get().ok(group.to_string()),
            ],
        )
        .value();
        let shown = if new.display_name.is_empty() {
            "eng_group"
        } else {
            "Eng"
        };
        assert_eq!(made.display_name, shown);
        assert_eq!(made.description.unwrap_or_default(), new.description);
        assert_eq!(made.photo.unwrap_or_default(), new.photo);
        assert_eq!(made.members, Members::Listed(vec![]));
    }
}

fn with_admin() -> NewGroup {
    NewGroup {
        display_name: "Engineering".to_owned(),
        internal_name: "eng_group".to_owned(),
        description: "All Instabase Engineers".to_owned(),
        photo: String::new(),
        add_admin: Some(person("gru")),
    }
}

fn create_call() -> Call {
    expect(&format!("POST {GROUP}"))
        .with(json!({"full_name": "Engineering", "description": "All Instabase Engineers"}))
}

fn add_admin_call() -> Call {
    expect(MEMBERS).with(json!({"admin": {"gru": true}}))
}

#[test]
fn create_with_me_as_admin_takes_three_calls() {
    let made = run(
        Instabase.create(&with_admin()).unwrap(),
        &[
            create_call().ok(""),
            add_admin_call().ok(""),
            get().ok(ib_group("eng_group", &["gru"], &[])),
        ],
    )
    .value();
    assert_eq!(roster(&made), ["gru: admin"]);
}

#[test]
fn a_group_that_is_made_without_its_admin_says_both() {
    let (made, undone) = run(
        Instabase.create(&with_admin()).unwrap(),
        &[
            create_call().ok(""),
            add_admin_call().ok(ib_error("User (gru) not found")),
            get().ok(ib_group("eng_group", &[], &[])),
        ],
    )
    .partly();
    assert_eq!(made.key, key("eng_group"));
    assert_eq!(undone.len(), 1);
    assert_eq!(undone[0].step, UndoneStep::AddAdmin);
    assert_eq!(
        undone[0].why,
        ApiError::Refused(words("User (gru) not found"))
    );

    // Accepted, and not shown.
    let (_, undone) = run(
        Instabase.create(&with_admin()).unwrap(),
        &[
            create_call().ok(""),
            add_admin_call().ok(""),
            get().ok(ib_group("eng_group", &[], &["gru"])),
        ],
    )
    .partly();
    assert_eq!(undone.len(), 1);
    assert_eq!(undone[0].step, UndoneStep::AddAdmin);
    assert_eq!(
        undone[0].why,
        ApiError::Unconfirmed {
            cause: None,
            read: ReadBack::NotShown
        }
    );
}

#[test]
fn an_admin_that_a_read_shows_is_there_whatever_the_answer_said() {
    let made = run(
        Instabase.create(&with_admin()).unwrap(),
        &[
            create_call().ok(""),
            add_admin_call().fails(ApiError::NoConnection),
            get().ok(ib_group("eng_group", &["gru"], &[])),
        ],
    )
    .value();
    assert_eq!(roster(&made), ["gru: admin"]);
}

#[test]
fn a_group_that_is_made_and_cannot_be_read_is_shown_as_sent() {
    let (made, undone) = run(
        Instabase.create(&with_admin()).unwrap(),
        &[
            create_call().ok(""),
            add_admin_call().ok(""),
            get().fails(ApiError::NoConnection),
        ],
    )
    .partly();
    assert_eq!(
        made,
        Group {
            display_name: "Engineering".to_owned(),
            description: Some("All Instabase Engineers".to_owned()),
            ..group_of("eng_group", Members::NotListed)
        }
    );
    assert_eq!(undone.len(), 1);
    assert_eq!(undone[0].step, UndoneStep::ReadAgain);
    assert_eq!(undone[0].why, ApiError::NoConnection);
}

#[test]
fn a_field_that_a_new_group_does_not_show_is_told() {
    let new = NewGroup {
        photo: "https://example.org/p.png".to_owned(),
        add_admin: None,
        ..with_admin()
    };
    let (_, undone) = run(
        Instabase.create(&new).unwrap(),
        &[
            expect(&format!("POST {GROUP}"))
                .with(json!({
                    "full_name": "Engineering", "description": "All Instabase Engineers",
                    "profile_photo_url": "https://example.org/p.png",
                }))
                .ok(""),
            get().ok(ib_group("eng_group", &[], &[])),
        ],
    )
    .partly();
    assert_eq!(undone.len(), 1);
    assert_eq!(undone[0].step, UndoneStep::FieldAsSent(Field::Photo));
}

#[test]
fn a_name_that_breaks_the_rules_is_never_sent() {
    let new = NewGroup {
        internal_name: "no spaces".to_owned(),
        photo: "javascript:alert(1)".to_owned(),
        ..NewGroup::default()
    };
    let faults = Instabase.create(&new).unwrap_err();
    let told: Vec<_> = faults.iter().map(|f| (f.field, f.why.as_str())).collect();
    assert_eq!(
        told,
        [
            (
                Field::InternalName,
                "Use only letters A to Z, digits and underscores; a space cannot stand in it."
            ),
            (
                Field::Photo,
                "Give a whole address that begins with https://, or leave it empty."
            ),
        ]
    );
    let edit = GroupEdit {
        internal_name: Some("ab".to_owned()),
        ..GroupEdit::default()
    };
    let group = group_of("eng_group", Members::NotListed);
    let faults = Instabase.update(&group, &edit).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].why, "Use at least 3 characters; this has 2.");
}

fn known() -> Group {
    Group {
        display_name: "Engineering".to_owned(),
        description: Some("All Instabase Engineers".to_owned()),
        photo: Some("https://photo.jpg".to_owned()),
        ..group_of("eng_group", Members::Listed(vec![member("dru", &[ADMIN])]))
    }
}

fn reply_of(group: &Group) -> String {
    json!({"status": "OK", "group": {
        "name": group.key.as_str(), "full_name": group.display_name,
        "description": group.description, "profile_photo_url": group.photo,
        "admins": [{"type": "user", "name": "dru"}], "members": [],
    }})
    .to_string()
}

#[test]
fn each_field_alone_all_together_and_cleared() {
    let text = |s: &str| Some(s.to_owned());
    let none = GroupEdit::default;
    let before = known();
    let cases = [
        (
            GroupEdit {
                display_name: text("New"),
                ..none()
            },
            json!({"full_name": "New"}),
            Group {
                display_name: "New".to_owned(),
                ..before.clone()
            },
        ),
        (
            GroupEdit {
                internal_name: text("new_key"),
                ..none()
            },
            json!({"new_name": "new_key"}),
            Group {
                key: key("new_key"),
                ..before.clone()
            },
        ),
        (
            GroupEdit {
                description: text("New"),
                ..none()
            },
            json!({"description": "New"}),
            Group {
                description: text("New"),
                ..before.clone()
            },
        ),
        (
            GroupEdit {
                photo: text("https://n.jpg"),
                ..none()
            },
            json!({"profile_photo_url": "https://n.jpg"}),
            Group {
                photo: text("https://n.jpg"),
                ..before.clone()
            },
        ),
        (
            GroupEdit {
                display_name: text("New"),
                internal_name: text("new_key"),
                description: text("New words"),
                photo: text("https://n.jpg"),
            },
            json!({"full_name": "New", "new_name": "new_key", "description": "New words", "profile_photo_url": "https://n.jpg"}),
            Group {
                key: key("new_key"),
                display_name: "New".to_owned(),
                description: text("New words"),
                photo: text("https://n.jpg"),
                ..before.clone()
            },
        ),
        (
            GroupEdit {
                display_name: text(""),
                description: text(""),
                photo: text(""),
                ..none()
            },
            json!({"full_name": "", "description": "", "profile_photo_url": ""}),
            Group {
                display_name: "eng_group".to_owned(),
                description: None,
                photo: None,
                ..before.clone()
            },
        ),
    ];
    for (edit, body, after) in cases {
        let read = expect(&format!("GET /api/v1/groups/group/{}", after.key));
        let ran = run(
            Instabase.update(&before, &edit).unwrap(),
            &[
                expect(&format!("PATCH {GROUP}")).with(body).ok(""),
                read.ok(reply_of(&after)),
            ],
        );
        assert_eq!(ran.value(), after);
    }
}

#[test]
fn an_edit_of_nothing_only_reads() {
    let ran = run(
        Instabase.update(&known(), &GroupEdit::default()).unwrap(),
        &[get().ok(reply_of(&known()))],
    );
    assert_eq!(ran.value(), known());
}

#[test]
fn fields_that_do_not_show_as_sent_are_each_told() {
    let edit = GroupEdit {
        description: Some("Other".to_owned()),
        photo: Some("https://other.jpg".to_owned()),
        display_name: Some("  Engineering ".to_owned()),
        internal_name: None,
    };
    let (value, undone) = run(
        Instabase.update(&known(), &edit).unwrap(),
        &[
            expect(&format!("PATCH {GROUP}"))
                .with(json!({
                    "full_name": "  Engineering ", "description": "Other",
                    "profile_photo_url": "https://other.jpg",
                }))
                .ok(r#"{"status":"OK"}"#),
            get().ok(reply_of(&known())),
        ],
    )
    .partly();
    assert_eq!(value, known());
    let told: Vec<_> = undone.iter().map(|u| u.step).collect();
    assert_eq!(
        told,
        [
            UndoneStep::FieldAsSent(Field::Description),
            UndoneStep::FieldAsSent(Field::Photo)
        ]
    );
    assert!(undone.iter().all(|u| u.why
        == ApiError::Unconfirmed {
            cause: None,
            read: ReadBack::NotShown
        }));
}

#[test]
fn an_accepted_edit_that_cannot_be_read_is_shown_as_sent() {
    let edit = GroupEdit {
        internal_name: Some("new_key".to_owned()),
        description: Some(String::new()),
        ..GroupEdit::default()
    };
    let (value, undone) = run(
        Instabase.update(&known(), &edit).unwrap(),
        &[
            expect(&format!("PATCH {GROUP}"))
                .with(json!({"new_name": "new_key", "description": ""}))
                .ok(""),
            expect("GET /api/v1/groups/group/new_key").reply(502, NGINX),
        ],
    )
    .partly();
    assert_eq!(
        value,
        Group {
            key: key("new_key"),
            description: None,
            ..known()
        }
    );
    assert_eq!(undone.len(), 1);
    assert_eq!(undone[0].step, UndoneStep::ReadAgain);
    assert_eq!(
        undone[0].why,
        ApiError::ServerFault {
            status: 502,
            words: None
        }
    );
}

#[test]
fn delete_and_the_read_that_shows_it() {
    let delete = || expect(&format!("DELETE {GROUP}"));
    let gone = ib_error("Group (eng_group) not found");
    run(
        Instabase.delete(&key("eng_group")),
        &[delete().ok(""), get().ok(&gone)],
    )
    .value();
    run(
        Instabase.delete(&key("eng_group")),
        &[delete().reply(204, ""), get().reply(404, "")],
    )
    .value();
    let still = run(
        Instabase.delete(&key("eng_group")),
        &[
            delete().ok(r#"{"status":"OK"}"#),
            get().ok(ib_group("eng_group", &[], &[])),
        ],
    );
    assert_eq!(
        still.error(),
        ApiError::Unconfirmed {
            cause: None,
            read: ReadBack::NotShown
        }
    );
    let refused = run(
        Instabase.delete(&key("eng_group")),
        &[delete().ok(ib_error("Not an admin"))],
    );
    assert_eq!(refused.error(), ApiError::Refused(words("Not an admin")));
    let ((), undone) = run(
        Instabase.delete(&key("eng_group")),
        &[delete().ok(""), get().fails(ApiError::NoConnection)],
    )
    .partly();
    assert_eq!(undone[0].step, UndoneStep::ReadAgain);
}

#[test]
fn grants_and_revokes_in_both_roles_go_in_one_call() {
    let both: Roles = [ADMIN, MEMBER].into_iter().collect();
    let applied = run(
        Instabase.apply(&change(
            "eng_group",
            vec![
                grant("a", ADMIN),
                grant("b", MEMBER),
                revoke("c", ADMIN),
                revoke("d", MEMBER),
                step("e", PersonChange::Revoke(both)),
                grant("odd \"name\"\\é", MEMBER),
            ],
        )),
        &[
            expect(MEMBERS)
                .with(json!({
                    "admin": {"a": true, "c": false, "e": false},
                    "member": {"b": true, "d": false, "e": false, "odd \"name\"\\é": true},
                }))
                .ok(r#"{"status":"OK"}"#),
            get().ok(ib_group(
                "eng_group",
                &["a"],
                &["b", "d", "odd \"name\"\\é"],
            )),
        ],
    )
    .value();
    let done = || Outcome::Done { note: None };
    assert_eq!(
        applied.outcomes,
        [
            (person("a"), done()),
            (person("b"), done()),
            (person("c"), done()),
            (person("d"), Outcome::NotShown),
            (person("e"), done()),
            (person("odd \"name\"\\é"), done()),
        ]
    );
}

#[test]
fn a_role_change_reads_first_and_goes_in_one_call() {
    let applied = run(
        Instabase.apply(&change(
            "eng_group",
            vec![
                change_role("up", MEMBER, ADMIN),
                change_role("down", ADMIN, MEMBER),
                grant("new", MEMBER),
            ],
        )),
        &[
            get().ok(ib_group("eng_group", &["down"], &["up"])),
            expect(MEMBERS)
                .with(json!({
                    "admin": {"up": true, "down": false},
                    "member": {"up": false, "down": true, "new": true},
                }))
                .ok(""),
            get().ok(ib_group("eng_group", &["up"], &["down", "new"])),
        ],
    )
    .value();
    assert!(
        applied
            .outcomes
            .iter()
            .all(|(_, o)| *o == Outcome::Done { note: None })
    );
    assert_eq!(applied.outcomes.len(), 3);
}

/// `{"admin":{u:true},"member":{u:false}}` would bring back somebody who was removed meanwhile.
#[test]
fn a_role_change_that_was_overtaken_is_not_sent() {
    let steps = vec![
        change_role("removed", MEMBER, ADMIN),
        change_role("already", MEMBER, ADMIN),
        change_role("fits", MEMBER, ADMIN),
    ];
    let applied = run(
        Instabase.apply(&change("eng_group", steps.clone())),
        &[
            get().ok(ib_group("eng_group", &["already"], &["fits"])),
            expect(MEMBERS)
                .with(json!({"admin": {"fits": true}, "member": {"fits": false}}))
                .ok(""),
            get().ok(ib_group("eng_group", &["already", "fits"], &[])),
        ],
    )
    .value();
    let overtaken = [
        (person("removed"), Outcome::Overtaken { now: Roles::none() }),
        (
            person("already"),
            Outcome::Overtaken {
                now: Roles::one(ADMIN),
            },
        ),
    ];
    assert_eq!(applied.outcomes[..2], overtaken);
    assert_eq!(
        applied.outcomes[2],
        (person("fits"), Outcome::Done { note: None })
    );

    // Where none fits, nothing is sent.
    let applied = run(
        Instabase.apply(&change("eng_group", steps[..2].to_vec())),
        &[get().ok(ib_group("eng_group", &["already"], &[]))],
    )
    .value();
    assert_eq!(applied.outcomes, overtaken);
    assert_eq!(roster(&applied.group.unwrap()), ["already: admin"]);
}

#[test]
fn a_person_who_holds_both_roles_is_changed_from_both() {
    let both: Roles = [ADMIN, MEMBER].into_iter().collect();
    let to = |role| {
        step(
            "u",
            PersonChange::Change {
                from: both.clone(),
                to: role,
            },
        )
    };
    for (role, body, admins, members) in [
        (
            ADMIN,
            json!({"admin": {"u": true}, "member": {"u": false}}),
            &["u"][..],
            &[][..],
        ),
        (
            MEMBER,
            json!({"admin": {"u": false}, "member": {"u": true}}),
            &[],
            &["u"],
        ),
    ] {
        let applied = run(
            Instabase.apply(&change("eng_group", vec![to(role)])),
            &[
                get().ok(ib_group("eng_group", &["u"], &["u"])),
                expect(MEMBERS).with(body).ok(""),
                get().ok(ib_group("eng_group", admins, members)),
            ],
        )
        .value();
        assert_eq!(
            applied.outcomes,
            [(person("u"), Outcome::Done { note: None })]
        );
    }
}

/// In every example of the contract admins and members are disjoint, and nothing relies on it.
#[test]
fn on_a_server_that_lists_admins_as_members_too_roles_change_all_the_same() {
    let apply = |step| Instabase.apply(&change("eng_group", vec![step]));
    let done = [(person("u"), Outcome::Done { note: None })];
    let raised = || get().ok(ib_group("eng_group", &["u"], &["u"]));
    let plain = || get().ok(ib_group("eng_group", &[], &["u"]));
    let up = || {
        expect(MEMBERS)
            .with(json!({"admin": {"u": true}, "member": {"u": false}}))
            .ok("")
    };
    let down = || {
        expect(MEMBERS)
            .with(json!({"admin": {"u": false}, "member": {"u": true}}))
            .ok("")
    };

    let rise = change_role("u", MEMBER, ADMIN);
    let applied = run(apply(rise.clone()), &[plain(), up(), raised()]).value();
    assert_eq!(applied.outcomes, done);
    let back = step("u", rise.change.reversed().unwrap());
    let applied = run(apply(back.clone()), &[raised(), down(), plain()]).value();
    assert_eq!(applied.outcomes, done);
    // Still an admin afterwards: not shown.
    let applied = run(apply(back), &[raised(), down(), raised()]).value();
    assert_eq!(applied.outcomes, [(person("u"), Outcome::NotShown)]);
    // Raised by somebody else meanwhile: overtaken, though still listed as a member.
    let applied = run(apply(rise), &[raised()]).value();
    let now = [ADMIN, MEMBER].into_iter().collect();
    assert_eq!(
        applied.outcomes,
        [(person("u"), Outcome::Overtaken { now })]
    );
}

#[test]
fn an_undo_is_not_sent_for_somebody_who_is_back_already() {
    let applied = run(
        Instabase.apply(&change(
            "eng_group",
            vec![restore("back", MEMBER), restore("out", ADMIN)],
        )),
        &[
            get().ok(ib_group("eng_group", &["back"], &[])),
            expect(MEMBERS).with(json!({"admin": {"out": true}})).ok(""),
            get().ok(ib_group("eng_group", &["back", "out"], &[])),
        ],
    )
    .value();
    assert_eq!(
        applied.outcomes,
        [
            (
                person("back"),
                Outcome::Overtaken {
                    now: Roles::one(ADMIN)
                }
            ),
            (person("out"), Outcome::Done { note: None }),
        ]
    );
}

#[test]
fn a_change_is_not_sent_when_the_read_before_it_fails_or_lists_nobody() {
    let apply = || Instabase.apply(&change("eng_group", vec![change_role("u", MEMBER, ADMIN)]));
    let refused = run(apply(), &[get().ok(ib_error("Group not found"))]);
    assert_eq!(refused.error(), ApiError::Refused(words("Group not found")));

    let unlisted = r#"{"status":"OK","group":{"name":"eng_group"}}"#;
    let ApiError::NotUnderstood(misread) = run(apply(), &[get().ok(unlisted)]).error() else {
        panic!("nobody knows what u holds");
    };
    assert_eq!(misread.expected, "a group with its people");
}

fn crowd(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("u{n:03}")).collect()
}

fn members_call(people: &[String]) -> Call {
    let wishes: serde_json::Map<_, _> = people.iter().map(|p| (p.clone(), json!(true))).collect();
    expect(MEMBERS).with(json!({"member": wishes}))
}

fn ib_members(people: &[String]) -> String {
    ib_group(
        "eng_group",
        &[],
        &people.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

#[test]
fn two_hundred_and_fifty_people_take_three_calls() {
    let all = crowd(250);
    let grants = all.iter().map(|p| grant(p, MEMBER)).collect();
    let applied = run(
        Instabase.apply(&change("eng_group", grants)),
        &[
            members_call(&all[..100]).ok(""),
            members_call(&all[100..200]).ok(""),
            members_call(&all[200..]).ok(""),
            get().ok(ib_members(&all)),
        ],
    )
    .value();
    let order: Vec<&str> = applied.outcomes.iter().map(|(p, _)| p.as_str()).collect();
    assert_eq!(order, all);
    assert!(
        applied
            .outcomes
            .iter()
            .all(|(_, o)| *o == Outcome::Done { note: None })
    );
}

#[test]
fn an_answer_lost_in_the_second_call_leaves_only_its_people_open() {
    let all = crowd(250);
    let grants: Vec<_> = all.iter().map(|p| grant(p, MEMBER)).collect();
    let lost = ApiError::TimedOut { seconds: 15 };
    let script = |read: Call| {
        [
            members_call(&all[..100]).ok(""),
            members_call(&all[100..200]).fails(lost.clone()),
            members_call(&all[200..]).ok(""),
            read,
        ]
    };
    // The read shows that the second call was served up to its middle.
    let served: Vec<String> = [&all[..150], &all[200..]].concat();
    let applied = run(
        Instabase.apply(&change("eng_group", grants.clone())),
        &script(get().ok(ib_members(&served))),
    )
    .value();
    for (place, (_, outcome)) in applied.outcomes.iter().enumerate() {
        let expected = if (150..200).contains(&place) {
            // Nobody refused it: it was sent, and the read does not show it.
            Outcome::Unknown(ApiError::Unconfirmed {
                cause: Some(Box::new(lost.clone())),
                read: ReadBack::NotShown,
            })
        } else {
            Outcome::Done { note: None }
        };
        assert_eq!(*outcome, expected, "person {place}");
    }
    // Without a read nobody knows anything, and each says why.
    let applied = run(
        Instabase.apply(&change("eng_group", grants)),
        &script(get().fails(ApiError::NoConnection)),
    )
    .value();
    assert_eq!(applied.group, None);
    for (place, (_, outcome)) in applied.outcomes.iter().enumerate() {
        let expected = if (100..200).contains(&place) {
            lost.clone()
        } else {
            ApiError::Unconfirmed {
                cause: Some(Box::new(ApiError::NoConnection)),
                read: ReadBack::Impossible,
            }
        };
        assert_eq!(*outcome, Outcome::Unknown(expected), "person {place}");
    }
}

/// A pause that the server asks for, or a token that it no longer takes, holds for the calls that
/// would follow; what was sent before is read.
#[test]
fn a_pause_in_the_second_call_stops_the_rest() {
    let all = crowd(250);
    let grants = all.iter().map(|p| grant(p, MEMBER)).collect();
    let pause = group_api::Head {
        status: 429,
        retry_after: Some("7".to_owned()),
        content_type: None,
        etag: None,
    };
    let applied = run(
        Instabase.apply(&change("eng_group", grants)),
        &[
            members_call(&all[..100]).ok(""),
            members_call(&all[100..200]).reply_head(pause, ""),
            get().ok(ib_members(&all[..100])),
        ],
    )
    .value();
    for (place, (_, outcome)) in applied.outcomes.iter().enumerate() {
        let expected = if place < 100 {
            Outcome::Done { note: None }
        } else {
            Outcome::Refused {
                words: "The server asks for a pause. Try again in 7 seconds.".to_owned(),
            }
        };
        assert_eq!(*outcome, expected, "person {place}");
    }
}

#[test]
fn a_cancelled_call_is_the_last_that_is_sent() {
    let all = crowd(250);
    let grants = all.iter().map(|p| grant(p, MEMBER)).collect();
    let applied = run(
        Instabase.apply(&change("eng_group", grants)),
        &[
            members_call(&all[..100]).fails(ApiError::Cancelled),
            // It was on its way all the same.
            get().ok(ib_members(&all[..100])),
        ],
    )
    .value();
    for (place, (_, outcome)) in applied.outcomes.iter().enumerate() {
        let expected = if place < 100 {
            Outcome::Done { note: None }
        } else {
            Outcome::Unknown(ApiError::Unconfirmed {
                cause: Some(Box::new(ApiError::Cancelled)),
                read: ReadBack::NotShown,
            })
        };
        assert_eq!(*outcome, expected, "person {place}");
    }
}

#[test]
fn a_pause_or_a_refused_token_in_the_first_call_is_the_answer() {
    let apply = || Instabase.apply(&change("eng_group", vec![grant("u", MEMBER)]));
    let call = || expect(MEMBERS).with(json!({"member": {"u": true}}));
    assert_eq!(
        run(apply(), &[call().reply(429, "")]).error(),
        ApiError::RateLimited { retry_after: None }
    );
    assert_eq!(
        run(apply(), &[call().reply(401, "")]).error(),
        ApiError::NotSignedIn(None)
    );
    assert_eq!(
        run(apply(), &[call().fails(ApiError::LookOnly)]).error(),
        ApiError::LookOnly
    );
}

#[test]
fn a_whole_call_that_is_refused_says_so_of_each_person() {
    let applied = run(
        Instabase.apply(&change(
            "eng_group",
            vec![grant("u", MEMBER), grant("there", MEMBER)],
        )),
        &[
            expect(MEMBERS)
                .with(json!({"member": {"u": true, "there": true}}))
                .ok(ib_error("Only admins may do this")),
            get().ok(ib_group("eng_group", &[], &["there"])),
        ],
    )
    .value();
    assert_eq!(
        applied.outcomes,
        [
            (
                person("u"),
                Outcome::Refused {
                    words: "Only admins may do this".to_owned()
                }
            ),
            (person("there"), Outcome::Done { note: None }),
        ]
    );
}

/// The call names no one for a role that is not Instabase's, so there is nothing to send.
#[test]
fn a_role_that_instabase_does_not_have_is_not_sent() {
    let odd = group_api::Role::known("manager");
    let applied = run(
        Instabase.apply(&change(
            "eng_group",
            vec![
                grant("u", odd.clone()),
                revoke("v", odd),
                step("w", PersonChange::Revoke(Roles::none())),
            ],
        )),
        &[],
    )
    .value();
    let refused: Vec<_> = applied
        .outcomes
        .iter()
        .map(|(p, o)| (p.as_str(), o.clone()))
        .collect();
    let no_role = Outcome::Refused {
        words: "Instabase has no such role, so nothing was sent.".to_owned(),
    };
    assert_eq!(
        refused,
        [
            ("u", no_role.clone()),
            ("v", no_role.clone()),
            ("w", no_role)
        ]
    );
    assert_eq!(applied.group, None);
}

#[test]
fn leaving_is_the_removal_of_oneself_from_every_role() {
    let leave = |me: Option<&PersonKey>| Instabase.leave(&key("eng_group"), me);
    let me = person("gru");
    let call = || expect(MEMBERS).with(json!({"admin": {"gru": false}, "member": {"gru": false}}));
    run(
        leave(Some(&me)),
        &[
            call().ok(""),
            get().ok(ib_group("eng_group", &["dru"], &[])),
        ],
    )
    .value();
    // One of the two roles was not held: the server complains, and the read shows it done.
    run(
        leave(Some(&me)),
        &[
            call().ok(ib_error("Failed to remove all members.")),
            get().ok(ib_group("eng_group", &["dru"], &[])),
        ],
    )
    .value();
    let refused = run(
        leave(Some(&me)),
        &[
            call().ok(ib_error("Only admins may do this")),
            get().ok(ib_group("eng_group", &["dru"], &["gru"])),
        ],
    );
    assert_eq!(
        refused.error(),
        ApiError::Refused(words("Only admins may do this"))
    );
    assert_eq!(
        run(leave(None), &[]).error(),
        ApiError::Unsupported("Leaving needs your username, which this connection does not know.")
    );
}

#[test]
fn there_is_no_transfer() {
    let ran = run(Instabase.transfer(&key("eng_group"), &person("gru")), &[]);
    assert_eq!(
        ran.error(),
        ApiError::Unsupported(
            "Instabase has no owner to hand a group over: make somebody an admin instead."
        )
    );
}

#[test]
fn presence_is_proved_by_the_whole_list() {
    let list = || expect("GET /api/v1/groups/list");
    let ask = || Instabase.presence(&key("eng_group"));
    let there = run(ask(), &[list().ok(ib_list(&["a_group", "eng_group"]))]);
    assert_eq!(there.value(), Presence::There);
    let gone = run(ask(), &[list().ok(ib_list(&["eng_group2", "eng"]))]);
    assert_eq!(gone.value(), Presence::Gone);
    let empty = run(ask(), &[list().ok(ib_list(&[]))]);
    assert_eq!(empty.value(), Presence::Gone);
    let refused = run(ask(), &[list().ok(ib_error("Token expired"))]);
    assert_eq!(refused.error(), ApiError::Refused(words("Token expired")));

    let cut = ib_list(&["a_group", "b_group"]);
    let ApiError::NotUnderstood(_) = run(ask(), &[list().ok(&cut[..cut.len() - 4])]).error() else {
        panic!("a list that broke off proves nothing");
    };
}

/// An element that cannot be read may be the group that is looked for.
#[test]
fn a_group_that_cannot_be_read_is_not_gone() {
    let list = || expect("GET /api/v1/groups/list");
    let ask = || Instabase.presence(&key("eng_group"));
    let bad = r#"{"status":"OK","groups":[{"name":"eng_group","full_name":7}]}"#;
    assert_eq!(run(ask(), &[list().ok(bad)]).value(), Presence::There);
    let other = r#"{"status":"OK","groups":[{"name":"sales","full_name":7}]}"#;
    assert_eq!(run(ask(), &[list().ok(other)]).value(), Presence::Gone);
    let nameless = r#"{"status":"OK","groups":[{"name":"sales"},{"full_name":"Engineering"}]}"#;
    let ApiError::NotUnderstood(misread) = run(ask(), &[list().ok(nameless)]).error() else {
        panic!("the second group may be the one");
    };
    assert_eq!(misread.expected, "a list in which every group has its key");
}

#[test]
fn a_creation_that_the_list_does_not_show_was_not_done() {
    let new = NewGroup {
        display_name: "New".to_owned(),
        internal_name: "new_one".to_owned(),
        ..NewGroup::default()
    };
    let post = expect("POST /api/v1/groups/group/new_one").with(json!({"full_name": "New"}));
    let get = || expect("GET /api/v1/groups/group/new_one");
    let list = || expect("GET /api/v1/groups/list");
    let refused = r#"{"status":"ERROR","msg":"Group (new_one) not found"}"#;
    let create = || Instabase.create(&new).unwrap();
    let result = run(
        create(),
        &[
            post.clone().ok("{\"status\":\"OK\"}"),
            get().ok(refused),
            list().ok(r#"{"status":"OK","groups":[]}"#),
        ],
    )
    .result;
    assert_eq!(
        result.unwrap_err(),
        ApiError::Unconfirmed {
            cause: None,
            read: ReadBack::NotShown
        }
    );
    // It is there, and may not be looked at: it was made.
    let there = format!(
        r#"{{"status":"OK","groups":[{}]}}"#,
        r#"{"name":"new_one","full_name":"New"}"#
    );
    let done = run(
        create(),
        &[
            post.ok("{\"status\":\"OK\"}"),
            get().ok(refused),
            list().ok(&there),
        ],
    )
    .result
    .unwrap();
    assert_eq!(done.value.key.as_str(), "new_one");
    assert!(
        done.undone
            .iter()
            .any(|undone| undone.step == UndoneStep::ReadAgain)
    );
}
