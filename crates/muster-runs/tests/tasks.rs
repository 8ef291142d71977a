//! Each kind of task: its record, its words, its way back, and its place in the report.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use group_api::{
    ApiError, Backend, Field, Group, GroupKey, Instabase, Members, NewGroup, PersonChange,
    PersonKey, Role, Roles, Snip,
};
use muster_runs::{
    About, Changed, Fate, Hold, Next, Place, Reply, Run, RunId, Seen, Task, Was, fate_words,
    record, report, task_words, undo,
};

fn person(name: &str) -> PersonKey {
    PersonKey::new(name).unwrap()
}

fn place(key: &str, name: &str) -> Place {
    Place {
        key: GroupKey::new(key).unwrap(),
        name: name.to_owned(),
    }
}

fn about(ticket: &str) -> About {
    About {
        id: RunId(7),
        title: "Change 3 things".to_owned(),
        connection: "acme".to_owned(),
        connection_name: "acme-prod".to_owned(),
        as_whom: "alice".to_owned(),
        ticket: ticket.to_owned(),
        began: 1000,
        undoes: Some(RunId(6)),
        proved: Some(2000),
    }
}

fn one_of_each() -> Vec<Task> {
    let admin = Role::known("admin");
    let was = Was {
        description: "d".to_owned(),
        photo: String::new(),
        people: vec![(person("ann"), Roles::one(admin.clone()))],
    };
    let new = NewGroup {
        display_name: "N".to_owned(),
        internal_name: "sales".to_owned(),
        ..NewGroup::default()
    };
    vec![
        Task::Person {
            place: 0,
            person: person("17"),
            label: Some("a@b.org".to_owned()),
            change: PersonChange::Grant(admin.clone()),
        },
        Task::Create {
            place: 1,
            new: Box::new(new),
        },
        Task::Edit {
            place: 0,
            changed: vec![Changed {
                field: Field::Description,
                from: "a".to_owned(),
                to: "b".to_owned(),
            }],
        },
        Task::Delete {
            place: 1,
            was: Box::new(was),
        },
        Task::Leave { place: 0 },
        Task::Transfer {
            place: 1,
            to: person("ann"),
            label: None,
        },
    ]
}

fn run() -> Run {
    let places = vec![place("sales", "Sales"), place("ops_group", "ops_group")];
    Run::new(
        about("HR-1182"),
        places,
        one_of_each()
            .into_iter()
            .map(|task| (task, Vec::new()))
            .collect(),
    )
}

#[test]
fn each_kind_is_written_and_read() {
    let mut run = run();
    let read = record::read(&record::write(&run)).unwrap();
    assert_eq!(read.items(), run.items());
    assert_eq!(read.places, run.places);
    assert_eq!(read.about, run.about);
    assert!(!record::write(&run).contains("token"));
    // What was sent may have been done.
    assert!(matches!(run.next(0), Next::Call(_)));
    let read = record::read(&record::write(&run)).unwrap();
    assert!(matches!(
        read.items()[0].fate,
        Fate::Unknown { looked: false, .. }
    ));
}

#[test]
fn a_group_is_made_again_before_its_people_come_back() {
    let mut run = Run::new(
        about(""),
        vec![place("sales", "Sales"), place("ops_group", "Ops")],
        vec![(one_of_each().remove(3), Vec::new())],
    );
    let Next::Call(call) = run.next(0) else {
        panic!()
    };
    run.answered(call.number, Reply::Done, 0);
    let back = undo(Instabase.capabilities(), &run);
    assert!(
        matches!(&back.tasks[0], (Task::Create { place: 1, new }, after) if after.is_empty() && new.internal_name == "ops_group" && new.description == "d")
    );
    assert!(matches!(
        &back.tasks[1],
        (
            Task::Person {
                place: 1,
                change: PersonChange::Restore(_),
                ..
            },
            after
        ) if *after == [0]
    ));
    assert_eq!(back.left.len(), 1, "it says what does not come back");
    let snip = undo(Snip.capabilities(), &run);
    assert!(snip.tasks.is_empty() && snip.left.len() == 1);
    // Nobody comes back into a group that could not be made.
    let mut again = Run::new(about(""), back.places, back.tasks);
    let Next::Call(call) = again.next(0) else {
        panic!()
    };
    again.answered(
        call.number,
        Reply::Failed(ApiError::NotPermitted(Some("no".to_owned()))),
        0,
    );
    assert_eq!(again.next(0), Next::Over);
    assert_eq!(again.counts().refused, 1);
    assert_eq!(again.counts().not_done, 1);
}

#[test]
fn a_pause_is_as_long_as_the_server_asks() {
    let mut run = run();
    let Next::Call(call) = run.next(0) else {
        panic!()
    };
    run.answered(
        call.number,
        Reply::Failed(ApiError::RateLimited {
            retry_after: Some(7),
        }),
        1000,
    );
    assert_eq!(run.hold(), Some(Hold::Until(8000)));
    let Next::Held(Hold::Until(8000)) = run.next(7999) else {
        panic!()
    };
    assert!(matches!(run.next(8000), Next::Call(_)));
}

#[test]
fn a_deletion_whose_answer_was_lost_is_looked_up() {
    let delete = one_of_each().remove(3);
    for (seen, fate) in [
        (Seen::Gone, Fate::Done { note: None }),
        (
            Seen::Failed(ApiError::NotPermitted(None)),
            Fate::NotShown { why: None },
        ),
    ] {
        let mut run = Run::new(
            about(""),
            vec![place("sales", "Sales"), place("ops_group", "Ops")],
            vec![(delete.clone(), Vec::new())],
        );
        let Next::Call(call) = run.next(0) else {
            panic!()
        };
        run.answered(
            call.number,
            Reply::Failed(ApiError::TimedOut { seconds: 15 }),
            0,
        );
        assert!(matches!(run.next(0), Next::Held(Hold::NoConnection)));
        run.lift();
        assert_eq!(run.next(0), Next::Look(1));
        run.looked(&Instabase, 1, &seen);
        match run.items()[0].fate.clone() {
            Fate::Unknown { looked: true, .. } => assert_eq!(fate, Fate::NotShown { why: None }),
            now => assert_eq!(now, fate),
        }
        assert_eq!(run.next(0), Next::Over);
    }
}

#[test]
fn the_report_says_what_where_when_as_whom_and_who_was_refused() {
    let admin = Role::known("admin");
    let step = |name: &str| Task::Person {
        place: 0,
        person: person(name),
        label: None,
        change: PersonChange::Grant(admin.clone()),
    };
    let mut run = Run::new(
        about("HR-1182"),
        vec![place("sales_group", "Sales")],
        vec![(step("ann"), Vec::new()), (step("gru"), Vec::new())],
    );
    let Next::Call(call) = run.next(0) else {
        panic!()
    };
    let refused = group_api::Outcome::Refused {
        words: "User (gru) not found".to_owned(),
    };
    let outcomes = vec![
        (person("ann"), group_api::Outcome::Done { note: None }),
        (person("gru"), refused),
    ];
    run.answered(call.number, Reply::People(outcomes), 0);
    let text = report(Instabase.capabilities(), &run, &|at| format!("<{at}>"));
    assert_eq!(
        text,
        "Change 3 things\nacme-prod · alice · <1000> · ticket HR-1182\n1 of 2 done, read back and proved at <2000>, 1 refused\n\n\
         gru in Sales (sales_group): refused: “User (gru) not found”\nann in Sales (sales_group): added as Admin"
    );
}

#[test]
fn every_task_and_fate_has_words() {
    for task in one_of_each() {
        assert!(!task_words(Instabase.capabilities(), &task).is_empty());
        for fate in [
            Fate::Waiting,
            Fate::Sent,
            Fate::Done {
                note: Some("n".to_owned()),
            },
            Fate::NotShown { why: None },
            Fate::Overtaken { now: Roles::none() },
        ] {
            assert!(!fate_words(Instabase.capabilities(), &task, &fate).is_empty());
        }
    }
}

fn renaming() -> Task {
    Task::Edit {
        place: 0,
        changed: vec![Changed {
            field: Field::InternalName,
            from: "sales".to_owned(),
            to: "shop".to_owned(),
        }],
    }
}

fn adding(who: &str) -> Task {
    Task::Person {
        place: 0,
        person: person(who),
        label: None,
        change: PersonChange::Grant(Role::known("member")),
    }
}

#[test]
fn what_comes_after_a_rename_goes_to_the_new_name() {
    let mut run = Run::new(
        about(""),
        vec![place("sales", "Sales")],
        vec![(renaming(), Vec::new()), (adding("ann"), vec![0])],
    );
    let Next::Call(call) = run.next(0) else {
        panic!()
    };
    // Its answer was lost: the group may be found under either name.
    let lost = ApiError::Unconfirmed {
        cause: None,
        read: group_api::ReadBack::Impossible,
    };
    run.answered(call.number, Reply::Failed(lost), 0);
    let key = |name: &str| GroupKey::new(name).unwrap();
    assert_eq!(run.keys_of(0), [key("sales"), key("shop")]);
    assert_eq!(run.next(0), Next::Look(0));
    let group = Group {
        key: key("shop"),
        display_name: "Sales".to_owned(),
        description: None,
        photo: None,
        created: None,
        updated: None,
        members: Members::Listed(Vec::new()),
    };
    run.looked(&Instabase, 0, &Seen::Group(&group));
    assert_eq!(run.keys_of(0), [key("shop")]);
    let Next::Call(call) = run.next(0) else {
        panic!()
    };
    assert_eq!(run.change(&call).unwrap().group, key("shop"));
    // It is written and read with the name that it has now.
    let again = record::read(&record::write(&run)).unwrap();
    assert_eq!(again.place(0).unwrap().key, key("shop"));
}

#[test]
fn a_field_that_somebody_else_has_changed_is_left_alone_and_said_so() {
    let mut run = Run::new(
        about(""),
        vec![place("sales", "Sales")],
        vec![(renaming(), Vec::new())],
    );
    let Next::Call(call) = run.next(0) else {
        panic!()
    };
    run.answered(call.number, Reply::Overtaken, 0);
    assert!(run.is_over());
    let item = &run.items()[0];
    assert_eq!(
        fate_words(Instabase.capabilities(), &item.task, &item.fate),
        "nothing was sent: somebody changed this meanwhile"
    );
    // No connection for the look before it: nothing was sent, and it is tried again.
    let mut run = Run::new(
        about(""),
        vec![place("sales", "Sales")],
        vec![(renaming(), Vec::new())],
    );
    let Next::Call(call) = run.next(0) else {
        panic!()
    };
    run.answered(call.number, Reply::Failed(ApiError::NoConnection), 0);
    assert_eq!(run.next(0), Next::Held(Hold::NoConnection));
    run.go_on();
    assert!(matches!(run.next(0), Next::Call(_)));
}

#[test]
fn a_record_of_one_that_waits_for_one_is_read_as_of_old() {
    let tasks = vec![
        (adding("ann"), Vec::new()),
        (adding("bob"), vec![0]),
        (adding("cid"), vec![0, 1, 7]),
    ];
    let run = Run::new(about(""), vec![place("sales", "Sales")], tasks);
    let text = record::write(&run);
    assert!(text.contains(r#""after":0"#) && text.contains(r#""after":[0,1]"#));
    let again = record::read(&text).unwrap();
    let after: Vec<_> = again
        .items()
        .iter()
        .map(|item| item.after.clone())
        .collect();
    assert_eq!(after, [vec![], vec![0], vec![0, 1]]);
    assert!(
        record::read(&text.replace("[0,1]", "[0,2]")).is_none(),
        "no circles"
    );
}
