//! What was brought, what was found, what was decided: as signals.

use std::sync::Arc;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_changes::Wish;
use muster_changes::bring::{
    self, About, Brought, Choice, Choices, Kind, Layout, Matching, Naming, Near, Progress, Table,
    Unfit,
};
use muster_changes::file::Extent;
use muster_core::paste::MailPart;
use muster_core::{Coverage, Directory};

use crate::browser;
use crate::draft::{self, FormDraft, Kept, keep_text};
use crate::store::Store;

/// The most bytes of a file.
const MOST_BYTES: f64 = 16_777_216.0;
/// How long to work before the page gets its turn, in milliseconds.
const TURN_MS: f64 = 8.0;
/// After how long without another change things are kept for a reload.
const KEEP_AFTER_MS: u32 = 300;
/// Where the second step begins.
pub(super) const MATCH: &str = "import-match";
/// Where the third one does.
pub(super) const REVIEW: &str = "import-review";
/// What was found, in a line.
pub(super) const SUM: &str = "import-sum";
/// Where the first one does.
pub(super) const BRING: &str = "import-bring";

/// Where one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// What was brought is matched.
    Match,
    /// The changes are reviewed.
    Review,
}

/// Whether what was begun is still wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Still {
    Wanted,
    /// Something else was brought or said.
    Not,
}

/// Where a text comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    /// The file's name, or nothing where cells were pasted.
    pub(super) file: Option<String>,
    /// How it was read, where it was a file.
    pub(super) encoding: String,
    /// What stands in it.
    pub(super) text: String,
}

/// What was brought: a handle that can be copied.
#[derive(Clone, Copy)]
pub(super) struct Importing {
    pub(super) store: Store,
    pub(super) step: RwSignal<Step>,
    /// What stands in the field for cells.
    pub(super) typed: RwSignal<String>,
    pub(super) source: RwSignal<Arc<Source>>,
    /// Why nothing could be made of what was brought.
    pub(super) fault: RwSignal<Option<String>>,
    pub(super) table: RwSignal<Option<Arc<Table>>>,
    pub(super) layout: RwSignal<Option<Layout>>,
    /// Whether the columns were said by hand, so that they are not guessed anew.
    by_hand: RwSignal<bool>,
    /// Which part of an address is the name, where that was said.
    pub(super) part: RwSignal<Option<MailPart>>,
    pub(super) matching: RwSignal<Option<Arc<Matching>>>,
    pub(super) choices: RwSignal<Choices>,
    pub(super) brought: RwSignal<Option<Arc<Brought>>>,
    /// What is to be so, once it goes to be reviewed.
    pub(super) wish: RwSignal<Wish>,
    pub(super) kept: RwSignal<Kept>,
    /// How much of the groups is known.
    pub(super) coverage: Memo<Coverage>,
    pub(super) has_rows: Memo<bool>,
    /// Which file is the last that was chosen, and which reading the last that was begun.
    files: StoredValue<u32>,
    turn: StoredValue<u32>,
    keeping: StoredValue<u32>,
}

impl Importing {
    pub(super) fn new(store: Store) -> Self {
        let table = RwSignal::new(None);
        let importing = Self {
            store,
            step: RwSignal::new(Step::Match),
            typed: RwSignal::new(String::new()),
            source: RwSignal::new(Arc::default()),
            fault: RwSignal::new(None),
            table,
            layout: RwSignal::new(None),
            by_hand: RwSignal::new(false),
            part: RwSignal::new(None),
            matching: RwSignal::new(None),
            choices: RwSignal::new(Choices::default()),
            brought: RwSignal::new(None),
            wish: RwSignal::new(Wish::default()),
            kept: RwSignal::new(Kept::ForThisTab),
            coverage: Memo::new(move |_| store.look(|directory| directory.coverage().clone())),
            has_rows: Memo::new(move |_| table.with(Option::is_some)),
            files: StoredValue::new(0),
            turn: StoredValue::new(0),
            keeping: StoredValue::new(0),
        };
        // Cells that were pasted and not read yet.
        let cells = FormDraft::new(&store.connection().id, "import-cells");
        keep_text(cells, importing.typed);
        if let Some(kept) = draft::Brought::kept(&store.connection().id) {
            importing.choices.set(Choices::from_json(&kept.choices));
            importing.part.set(kept.part);
            let layout = Layout::from_json(&kept.layout);
            importing.by_hand.set(layout.is_some());
            importing.layout.set(layout);
            if kept.file.is_none() && importing.typed.with_untracked(String::is_empty) {
                importing.typed.set(kept.text.clone());
            }
            importing.source.set(Arc::new(Source {
                file: kept.file,
                encoding: kept.encoding,
                text: kept.text,
            }));
            importing.read();
        }
        // More groups are known: what was not found may be there.
        let coverage = importing.coverage;
        Effect::new(move |before: Option<bool>| {
            let is_whole = matches!(coverage.get(), Coverage::Full { .. });
            let reviews = importing.step.get_untracked() == Step::Review;
            if before == Some(false) && is_whole && !reviews {
                importing.match_again();
            }
            is_whole
        });
        importing
    }

    /// What it is called in a title.
    pub(super) fn name(self) -> String {
        let file = self.source.with_untracked(|source| source.file.clone());
        file.unwrap_or_else(|| "pasted cells".to_owned())
    }

    /// Takes the cells that stand in the field.
    pub(super) fn take_cells(self) {
        let text = self.typed.get_untracked();
        if text.trim().is_empty() {
            self.fault.set(Some("Paste some cells first.".to_owned()));
            return;
        }
        self.take(Source {
            text,
            ..Source::default()
        });
    }

    /// Takes a file.
    pub(super) fn take_file(self, file: web_sys::File) {
        if self.step.get_untracked() == Step::Review {
            return;
        }
        let number = next(self.files);
        let fail = move |why: String| {
            if self.files.try_get_value() == Some(number) {
                self.fault.set(Some(why));
            }
        };
        if file.size() > MOST_BYTES {
            return fail(Unfit::TooLarge.to_string());
        }
        spawn_local(async move {
            let name = file.name();
            let Some(bytes) = browser::bytes_of(&file).await else {
                return fail(format!("{name} could not be read. Choose it again."));
            };
            match bring::decode(&bytes) {
                Err(unfit) => fail(format!("{name}: {unfit}")),
                Ok((text, encoding)) => {
                    if self.files.try_get_value() == Some(number) {
                        self.take(Source {
                            file: Some(name),
                            encoding: encoding.name().to_owned(),
                            text,
                        });
                    }
                }
            }
        });
    }

    fn take(self, source: Source) {
        // What stands there already is not given up for something that cannot be read.
        if self.has_rows.get_untracked()
            && let Err(why) = bring::read(&source.text)
        {
            return self.fault.set(Some(why.to_string()));
        }
        self.source.set(Arc::new(source));
        draft::ReviewDraft::forget(&self.store.connection().id);
        self.choices.set(Choices::default());
        self.layout.set(None);
        self.by_hand.set(false);
        self.part.set(None);
        self.read();
        self.keep();
        if self.has_rows.get_untracked() {
            request_animation_frame(|| browser::focus(MATCH));
        }
    }

    /// Reads the text as a table.
    fn read(self) {
        next(self.turn);
        self.matching.set(None);
        self.brought.set(None);
        let table = self
            .source
            .with_untracked(|source| bring::read(&source.text));
        match table {
            Ok(table) => {
                self.fault.set(None);
                self.table.set(Some(Arc::new(table)));
                self.match_again();
            }
            Err(why) => {
                self.table.set(None);
                self.fault.set(Some(why.to_string()));
            }
        }
    }

    /// Holds the table against the groups that are known, a piece at a time.
    pub(super) fn match_again(self) {
        let turn = next(self.turn);
        let is_last = move || self.turn.try_get_value() == Some(turn);
        spawn_local(async move {
            let Some(table) = self.table.get_untracked() else {
                return;
            };
            browser::turn().await;
            if !is_last() {
                return;
            }
            let store = self.store;
            let layout = match self
                .layout
                .get_untracked()
                .filter(|_| self.by_hand.get_untracked())
            {
                Some(layout) => layout,
                None => store
                    .peek(|directory| Layout::guess(&table, None, directory, store.capabilities())),
            };
            self.layout.set(Some(layout.clone()));
            browser::turn().await;
            if !is_last() {
                return;
            }
            let part = self.part.get_untracked();
            let mut naming = Naming::new(&table, &layout);
            if self.pieces(turn, |directory| naming.look(directory)).await == Still::Not {
                return;
            }
            let mut matching =
                store.peek(|directory| naming.matching(part, directory, store.backend()));
            browser::turn().await;
            if !is_last() {
                return;
            }
            self.show(matching.clone());
            let mut near = Near::new(&matching);
            if near.is_idle() {
                return;
            }
            if self.pieces(turn, |directory| near.look(directory)).await == Still::Wanted {
                store.peek(|directory| near.put(&mut matching, directory));
                self.show(matching);
            }
        });
    }

    /// Works on something until it is done, and lets the page have its turns. Tells whether it is still wanted.
    async fn pieces(self, turn: u32, mut work: impl FnMut(&Directory) -> Progress) -> Still {
        let mut began = browser::now();
        while self.store.peek(&mut work) == Progress::More {
            if browser::now() - began > TURN_MS {
                browser::turn().await;
                began = browser::now();
            }
            if self.turn.try_get_value() != Some(turn) {
                return Still::Not;
            }
        }
        Still::Wanted
    }

    fn show(self, matching: Matching) {
        self.matching.set(Some(Arc::new(matching)));
        self.go_over();
    }

    /// Goes over the rows with what was decided.
    fn go_over(self) {
        let (Some(table), Some(layout), Some(matching)) = (
            self.table.get_untracked(),
            self.layout.get_untracked(),
            self.matching.get_untracked(),
        ) else {
            return;
        };
        let brought = self.choices.with_untracked(|choices| {
            Brought::new(&table, &layout, &matching, choices, self.store.backend())
        });
        self.brought.set(Some(Arc::new(brought)));
    }

    /// Decides one thing.
    pub(super) fn say(self, about: About, what: &str, choice: Option<Choice>) {
        self.decide(|choices| choices.say(about, what, choice));
    }

    /// Decides for all rows of a kind.
    pub(super) fn say_of_kind(self, kind: Kind, choice: Choice) {
        self.decide(|choices| choices.say_of_kind(kind, Some(choice)));
    }

    /// Decides something, and shows what comes of it.
    pub(super) fn decide(self, with: impl FnOnce(&mut Choices)) {
        let list = browser::focused().and_then(|pressed| pressed.closest("ul[id]").ok()?);
        self.choices.update(with);
        self.go_over();
        self.keep_soon();
        // The button that was pressed may be gone with its line, and the list with its last.
        request_animation_frame(move || {
            let is_lost = browser::focused().is_none_or(|now| now.tag_name() == "BODY");
            if is_lost {
                browser::focus(SUM);
                if let Some(list) = list {
                    browser::focus(&list.id());
                }
            }
        });
    }

    /// Says by hand which column holds what.
    pub(super) fn set_layout(self, layout: Layout) {
        self.layout.set(Some(layout));
        self.by_hand.set(true);
        self.match_again();
        self.keep_soon();
    }

    /// Says which part of an address is the name.
    pub(super) fn set_part(self, part: Option<MailPart>) {
        self.part.set(part);
        self.match_again();
        self.keep_soon();
    }

    /// Of whom in its groups what was brought speaks.
    pub(super) fn holds(self) -> Extent {
        let table = self.table.get_untracked();
        table.map_or(Extent::Everybody, |table| table.holds)
    }

    /// Goes on to the review.
    pub(super) fn review(self, mut wish: Wish) {
        if self.holds() == Extent::Some {
            self.store.peek(|directory| wish.leave_others(directory));
        }
        self.keep();
        self.wish.set(wish);
        self.step.set(Step::Review);
        request_animation_frame(|| browser::focus(REVIEW));
    }

    /// Comes back from the review; what was applied may have changed what is known.
    pub(super) fn back(self) {
        self.step.set(Step::Match);
        self.match_again();
        request_animation_frame(|| browser::focus(MATCH));
    }

    /// Puts away what was brought, to bring something else.
    pub(super) fn put_away(self) {
        next(self.files);
        next(self.turn);
        self.table.set(None);
        self.matching.set(None);
        self.brought.set(None);
        self.fault.set(None);
        self.source.set(Arc::default());
        self.step.set(Step::Match);
        self.keep();
        draft::ReviewDraft::forget(&self.store.connection().id);
        request_animation_frame(|| browser::focus(BRING));
    }

    /// Keeps everything for a reload, in the next pause.
    fn keep_soon(self) {
        let wait = next(self.keeping);
        spawn_local(async move {
            TimeoutFuture::new(KEEP_AFTER_MS).await;
            if self.keeping.try_get_value() == Some(wait) {
                self.keep();
            }
        });
    }

    fn keep(self) {
        let source = self.source.get_untracked();
        let by_hand = self.by_hand.get_untracked();
        let layout = self.layout.get_untracked().filter(|_| by_hand);
        let draft = draft::Brought {
            file: source.file.clone(),
            encoding: source.encoding.clone(),
            text: source.text.clone(),
            choices: self.choices.with_untracked(Choices::to_json),
            layout: layout.map(|layout| layout.to_json()).unwrap_or_default(),
            part: self.part.get_untracked(),
        };
        self.kept.set(draft.keep(&self.store.connection().id));
    }
}

/// Counts on, and gives what it is now.
fn next(counter: StoredValue<u32>) -> u32 {
    let number = counter.get_value().wrapping_add(1);
    counter.set_value(number);
    number
}
