use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use leptos::html::Tbody;
use leptos::prelude::*;
use leptos::{Value, slots};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, EventTarget};

use super::Check;
use crate::browser;
use crate::format;
use crate::router::Router;
use crate::session::storage::{self, Area};

/// Tables of more rows than this are windowed.
const LONG: usize = 200;
/// How many rows a page has.
const PAGE: usize = 100;
/// How many rows are made above the screen, and as many below; none before the first are painted.
const OVER: i32 = 6;
/// How many rows above the first whole one can be seen in part: what hides the top of the screen is not always as high as the
/// place that is kept free of what has the focus.
const HALF_SEEN: i32 = 2;
/// How many rows stay out of sight while one leaps, at most.
const SPARE: usize = 2 * OVER.unsigned_abs() as usize;
/// So many rows are made at once, whoever waits for them; and so many with each further frame.
const AT_ONCE: i32 = 50;
const MORE: i32 = 32;
/// How high a row about is, and at least what stands above the first, for how many to make before one is laid out; in
/// pixels.
const ROW: f64 = 44.0;
const ABOVE: f64 = 200.0;
/// How long after a frame was painted what is out of sight is seen to, in milliseconds: whoever waits for the frame is not to
/// wait for that as well.
const LATER_MS: u32 = 20;
/// How long after a frame what is not in sight is asked for, and how much there is; in milliseconds.
const ANSWER_MS: u32 = 4;
/// Higher than this in pixels, some browsers lay nothing out: then there are pages.
const HIGHEST: f64 = 16e6;
/// Where it is kept that tables are to be shown in pages.
const IN_PAGES: &str = "muster.pages";

/// How a table shows its rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// All of them.
    Plain,
    /// Those on the screen and some around them.
    Window,
    /// A hundred at a time.
    Pages,
}

/// What of the page decides which rows are made. Lengths are in pixels.
#[derive(Clone, Copy, Default, PartialEq)]
struct Seen {
    /// How far the page is scrolled when the first row stands right below the table's head.
    top: f64,
    /// The height of a row.
    row: f64,
    /// How far the page is scrolled.
    scroll: f64,
    /// The number of the first row that is whole on the screen; of none, before the table comes into
    /// sight.
    first: i32,
    /// How many rows fit on the screen, below what stays at its top.
    fits: i32,
    /// How many are made above and below those in sight; none while one leaps from place to place, and before the first are
    /// painted, so many fewer than are in sight. Of a table that is no window, more and more below, until all are made.
    over: i32,
    /// The number of the row with the focus.
    focus: Option<i32>,
    /// The number of the row that something is being done to.
    busy: Option<i32>,
    /// The number of the row under the pointer.
    hover: Option<i32>,
    /// The page turned to, from 0.
    page: usize,
}

impl Seen {
    /// How many rows have gone by.
    fn gone(self) -> f64 {
        (self.scroll - self.top) / self.row.max(1.0)
    }
}

struct Inner {
    /// What names the thing in a row. Reactive.
    key: Box<dyn Fn(usize) -> Option<String>>,
    seen: Cell<Seen>,
    /// What was asked for when a page was turned to.
    turned: RefCell<String>,
    /// Who stays where they are when others come, by number and by key.
    held: RefCell<Option<(i32, String)>>,
    /// The numbers of the rows that are in the page.
    made: RefCell<Vec<i32>>,
    /// How often one has leapt over all rows that were in sight.
    leaps: Cell<u32>,
    /// Whether more rows may be on their way, where that is to be heeded. Reactive.
    coming: Option<Memo<bool>>,
    router: Option<Router>,
}

/// What a table was asked for, and whether what is out of sight may still wait for the answer.
#[derive(Clone, Copy)]
pub struct Question {
    what: Memo<String>,
    late: Memo<bool>,
}

impl Question {
    /// The question in words: any that differ are another question.
    #[must_use]
    pub fn new(what: Memo<String>) -> Self {
        let shown = RwSignal::new(what.get_untracked());
        let late = Memo::new(move |_| shown.with(|shown| what.with(|what| what != shown)));
        Effect::new(move |_| {
            let asked = what.get();
            if late.get_untracked() {
                let answer = move || {
                    // Whoever types on waits for the answer to that.
                    if what.try_get_untracked().as_ref() == Some(&asked) {
                        shown.set(asked);
                    }
                };
                after_paint(ANSWER_MS, Box::new(answer));
            }
        });
        Self { what, late }
    }

    /// Whether it was asked just now, and what is in sight was not painted since. Reactive.
    #[must_use]
    pub fn is_late(self) -> bool {
        self.late.get()
    }
}

/// The rows of a table: which of them are in the page, and where.
///
/// A view of a row has a number that stays as long as the view does; the row is the number plus
/// `base`. When rows come in above the one that is held (it has the focus or the pointer, or is the
/// first on the screen), the base grows by as many and the page is scrolled by their height: the held
/// row keeps its elements and its place on the screen.
///
/// The row with the focus stays in the page however far it is scrolled away, and with it those before
/// and after it, so that Tab goes on from there and the browser follows.
#[derive(Clone, Copy)]
pub struct Rows {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
    /// Counts each change of what is seen.
    changed: RwSignal<u32>,
    count: Memo<usize>,
    asked: Question,
    /// What was asked for, and the row of the number 0.
    base: Memo<(String, i32)>,
    in_pages: RwSignal<bool>,
    body: NodeRef<Tbody>,
    /// The height of a row of a window in pixels, as it was measured; nought before.
    tall: RwSignal<f64>,
}

impl Rows {
    /// The rows of a table: how many there are, what was asked for (another question starts at the
    /// top), and what names the thing in a row.
    #[must_use]
    pub fn new(
        count: Memo<usize>,
        asked: Memo<String>,
        key: Box<dyn Fn(usize) -> Option<String>>,
    ) -> Self {
        Self::of(count, Question::new(asked), key, None)
    }

    /// The same for rows that come in by and by: as long as more are on their way, and until the first are painted, no more
    /// are made than are in sight and a few, however short the table is by then.
    #[must_use]
    pub fn coming_in(
        count: Memo<usize>,
        asked: Question,
        key: Box<dyn Fn(usize) -> Option<String>>,
        coming: Memo<bool>,
    ) -> Self {
        Self::of(count, asked, key, Some(coming))
    }

    fn of(
        count: Memo<usize>,
        asked: Question,
        key: Box<dyn Fn(usize) -> Option<String>>,
        coming: Option<Memo<bool>>,
    ) -> Self {
        let router = use_context::<Router>();
        // A page that is scrolled back to where it was left needs all of its height.
        let goes_back = router.is_some_and(Router::is_to_scroll);
        let coming = coming.filter(|coming| coming.get_untracked() && !goes_back);
        let inner = StoredValue::new_local(Rc::new(Inner {
            key,
            seen: Cell::new(Seen {
                fits: first_fits(),
                // The first frame is the longest: only half of what is in sight is in it.
                over: coming.map_or(0, |_| -first_fits() / 2),
                page: page_of_address(),
                ..Seen::default()
            }),
            turned: RefCell::new(asked.what.get_untracked()),
            held: RefCell::default(),
            made: RefCell::default(),
            leaps: Cell::new(0),
            coming,
            router,
        }));
        let base = Memo::new(move |before: Option<&(String, i32)>| {
            let inner = inner.get_value();
            let asked = asked.what.get();
            // Whatever stands in the first row, it changes when any does.
            let _ = (inner.key)(0);
            let base = match before {
                None => 0,
                // What stands first on the screen becomes the first row.
                Some((other, base)) if *other != asked => (*base).min(-inner.seen.get().first),
                Some((_, base)) => {
                    let held = inner.held.borrow();
                    held.as_ref()
                        .and_then(|(number, key)| {
                            let row = find(&*inner.key, key, number + base, whole(count.get()))?;
                            Some(row - number)
                        })
                        .unwrap_or(*base)
                }
            };
            (asked, base)
        });
        let rows = Self {
            inner,
            changed: RwSignal::new(0),
            count,
            asked,
            base,
            in_pages: RwSignal::new(storage::get(IN_PAGES).is_some()),
            body: NodeRef::new(),
            tall: RwSignal::new(0.0),
        };
        Effect::new(move |_| {
            // Whatever of these changes, there may be rows to be made that nobody asks for again.
            let (is_late, any, mode) = (asked.is_late(), count.get() > 0, rows.mode());
            let _ = (rows.base(), coming.is_some_and(|coming| coming.get()));
            if is_late && mode == Mode::Plain {
                rows.make(0);
            } else if any && !is_late {
                rows.fill_later();
            }
        });
        Effect::new(move |before| rows.settle(before));
        Effect::new(move |before: Option<()>| {
            if let Some(router) = inner.get_value().router {
                router.track_visits();
            }
            if before.is_some() {
                rows.turn(page_of_address());
            }
        });
        rows.watch();
        rows
    }

    fn base(self) -> i32 {
        self.base.with(|(_, base)| *base)
    }

    /// What is seen. Reactive.
    fn seen(self) -> Seen {
        self.changed.track();
        self.now()
    }

    /// What is seen, once.
    fn now(self) -> Seen {
        // A table that was taken out of the page still hears how it loses the focus.
        let inner = self.inner.try_get_value();
        inner.map_or_else(Seen::default, |inner| inner.seen.get())
    }

    /// Whether what a row shows may wait until what is in sight was painted: it is out of sight, and
    /// something else was asked for just now. Reactive.
    #[must_use]
    pub fn may_wait(self, row: usize) -> bool {
        self.asked.is_late() && {
            let seen = self.seen();
            let at = whole(row) - self.base() - seen.first;
            !(-HALF_SEEN..=seen.fits).contains(&at)
        }
    }

    /// Says what is seen from here on.
    fn see(self, seen: Seen) {
        let Some(inner) = self.inner.try_get_value() else {
            return;
        };
        let before = inner.seen.replace(seen);
        // Nothing follows from the scrolling itself.
        let scroll = seen.scroll;
        if seen != (Seen { scroll, ..before }) {
            self.changed.update(|n| *n = n.wrapping_add(1));
        }
    }

    fn mode(self) -> Mode {
        let n = self.count.get();
        let high = f64::from(whole(n)) * self.now().row;
        if n > PAGE && self.in_pages.get() || n > LONG && high > HIGHEST {
            Mode::Pages
        } else if n > LONG {
            Mode::Window
        } else {
            Mode::Plain
        }
    }

    /// What the class of its table ends with. Reactive.
    #[must_use]
    pub fn class(self) -> &'static str {
        if self.mode() == Mode::Window {
            " long"
        } else {
            ""
        }
    }

    /// Whether it is shown in pages. Reactive.
    #[must_use]
    pub fn has_pages(self) -> bool {
        self.mode() == Mode::Pages
    }

    /// The row to which something is being done stays where it is, for its button may lose the focus
    /// meanwhile; until there is none.
    pub fn keep(self, key: Option<&str>) {
        let row = key.and_then(|key| {
            let key_of = &self.inner.get_value().key;
            untrack(|| find(&**key_of, key, 0, whole(self.count.get())))
        });
        let base = untrack(|| self.base());
        self.see(Seen {
            busy: row.map(|row| row - base),
            ..self.now()
        });
    }

    /// Keeps the table's height, what is held at its place, and the address at the page.
    fn settle(self, before: Option<Settled>) -> Settled {
        let inner = self.inner.get_value();
        let (asked, base) = self.base.get();
        let (seen, mode) = (self.seen(), self.mode());
        let body = self.body.get();
        let now = Settled {
            body: body.clone(),
            height: (mode == Mode::Window).then(|| self.count.get()),
            page: (mode == Mode::Pages).then(|| self.page()),
            in_pages: self.in_pages.get(),
            asked,
            base,
        };
        let Some(body) = body else {
            return now;
        };
        let tall = before.as_ref().map(|before| (&before.body, before.height));
        if tall != Some((&now.body, now.height)) {
            let height = now.height.map(|n| format!("calc({n} * var(--tall))"));
            let style = web_sys::HtmlElement::style(&body);
            // A style of a name that is well formed can be set.
            let _ = style.set_property("height", &height.unwrap_or_default());
        }
        if let Some(before) = before {
            if before.asked != now.asked {
                self.start_again(&now.asked);
            } else if before.base != base && mode != Mode::Pages {
                let by = f64::from(base - before.base) * seen.row;
                window().scroll_by_with_x_and_y(0.0, by);
                self.look();
            }
            if before.page != now.page {
                let number = now.page.filter(|page| *page > 0);
                let number = number.map(|page| (page + 1).to_string());
                browser::replace_query(&[("page", number.as_deref())]);
            }
            match (before.in_pages, now.in_pages) {
                (false, true) => storage::set(Area::Device, IN_PAGES, "1"),
                (true, false) => storage::remove(Area::Device, IN_PAGES),
                _ => {}
            }
        }
        let number = seen.focus.or(seen.busy).or(match mode {
            Mode::Pages => None,
            _ if seen.hover.is_some() => seen.hover,
            // A place that was come back to is one of the page, not of a row, until one moves on.
            _ => Some(seen.first).filter(|first| {
                let come_back = |router: Router| router.came_back_to(seen.scroll);
                first + base > 0 && !inner.router.is_some_and(come_back)
            }),
        });
        *inner.held.borrow_mut() = number.and_then(|number| {
            let row = usize::try_from(number + base).ok()?;
            Some((number, (inner.key)(row)?))
        });
        now
    }

    /// Something else is asked for.
    fn start_again(self, asked: &str) {
        let inner = self.inner.get_value();
        if self.to_top() {
            self.look();
        }
        // Asked again later, it starts at the first page again.
        if *inner.turned.borrow() != asked {
            self.turn(0);
        }
        // What had the focus is elsewhere now, or nowhere.
        if self.now().focus.is_some()
            && let Some(focused) = browser::focused()
        {
            let _ = focused.blur();
        }
    }

    /// Back to the first row, if it was scrolled away.
    fn to_top(self) -> bool {
        let seen = self.now();
        let away = seen.gone() > 0.0;
        if away {
            window().scroll_to_with_x_and_y(0.0, seen.top);
        }
        away
    }

    /// Looks where the page is scrolled to.
    #[allow(clippy::cast_possible_truncation)] // no page is as high
    fn look(self) {
        let before = self.now();
        let mut seen = before;
        seen.scroll = window().scroll_y().unwrap_or_default();
        seen.first = seen.gone().ceil() as i32 - untrack(|| self.base());
        let leapt = (seen.first - before.first).abs() > seen.fits;
        if leapt && untrack(|| self.mode()) == Mode::Window {
            seen.over = 0;
            self.fill_later();
        }
        self.see(seen);
    }

    /// Makes the rows out of sight once those in sight were painted and one leaps no more: who drags the bar from end to
    /// end does not wait for rows that are gone before they are seen.
    fn fill_later(self) {
        let Some(inner) = self.inner.try_get_value() else {
            return;
        };
        let leaps = inner.leaps.get().wrapping_add(1);
        inner.leaps.set(leaps);
        let fill = move || {
            // The page may be gone.
            let inner = self.inner.try_get_value();
            let Some(inner) = inner.filter(|inner| inner.leaps.get() == leaps) else {
                return;
            };
            let over = match self.now().over {
                ..0 => {
                    self.fill_later();
                    0
                }
                over => over.max(OVER),
            };
            let made = inner.made.borrow().len();
            let is_short = untrack(|| self.mode() == Mode::Plain && made < self.count.get());
            let is_all = inner.coming.is_none_or(|coming| !coming.get_untracked());
            if is_short && is_all {
                // A table that is no window is made to its end, some rows a frame.
                self.make(over + MORE);
                self.fill_later();
            } else {
                self.make(over);
            }
        };
        after_paint(LATER_MS, Box::new(fill));
    }

    /// Has so many made above and below those in sight.
    fn make(self, over: i32) {
        self.see(Seen { over, ..self.now() });
    }

    /// Measures the rows as they are laid out. Where they have grown or shrunk, by another size of the
    /// text or of the window, what was at the top of the screen is there again.
    #[allow(clippy::cast_possible_truncation)] // no page is as high
    fn measure(self) {
        let Some(body) = self.body.get_untracked() else {
            return;
        };
        let (is_window, n) = untrack(|| match self.mode() {
            Mode::Window => (true, self.count.get()),
            _ => (false, self.wanted().len()),
        });
        if n == 0 {
            return;
        }
        let view = window();
        let place = body.get_bounding_client_rect();
        let scroll = view.scroll_y().unwrap_or_default();
        let before = self.now();
        let hidden = browser::scroll_padding();
        let top = (place.top() + scroll - hidden).max(0.0);
        let row = place.height() / f64::from(whole(n));
        let room = (browser::screen_height() - hidden).max(0.0);
        self.see(Seen {
            top,
            row,
            fits: (room / row.max(1.0)).ceil() as i32,
            ..before
        });
        // The height is rounded: by less than half a pixel for the last row, nothing has grown.
        let off = (row - self.tall.get_untracked()).abs() * f64::from(whole(n));
        if is_window && off > 0.5 {
            self.tall.set(row);
        }
        let grown = (row - before.row).abs() > 0.5 && before.row > 0.0;
        if is_window && grown && before.gone() > 0.0 {
            view.scroll_to_with_x_and_y(0.0, top + before.gone() * row);
        }
        self.look();
    }

    /// Hears of scrolling, and of every change of the page's size.
    fn watch(self) {
        let scrolled = Closure::<dyn FnMut()>::new(move || self.look());
        let resized = Closure::<dyn FnMut()>::new(move || self.measure());
        let observer = browser::observe_page(&resized);
        browser::listen("scroll", &scrolled);
        browser::listen("resize", &resized);
        let kept = StoredValue::new_local(Some((scrolled, resized, observer)));
        on_cleanup(move || {
            kept.try_update_value(|kept| {
                if let Some((scrolled, resized, observer)) = kept.take() {
                    browser::unlisten("scroll", &scrolled);
                    browser::unlisten("resize", &resized);
                    if let Some(observer) = observer {
                        observer.disconnect();
                    }
                }
            });
        });
    }

    /// The page that is shown, from 0: the one turned to, or where the row with the focus went.
    fn page(self) -> usize {
        let (inner, seen) = (self.inner.get_value(), self.seen());
        let focused = seen.focus.or(seen.busy);
        let row = focused.and_then(|number| usize::try_from(number + self.base()).ok());
        let still = self
            .asked
            .what
            .with(|asked| *asked == *inner.turned.borrow());
        let turned = if still { seen.page } else { 0 };
        row.map_or(turned, |row| row / PAGE).min(self.last_page())
    }

    fn last_page(self) -> usize {
        self.count.get().saturating_sub(1) / PAGE
    }

    fn turn(self, page: usize) {
        *self.inner.get_value().turned.borrow_mut() = self.asked.what.get_untracked();
        self.see(Seen { page, ..self.now() });
    }

    /// The numbers of the rows that are to be in the page.
    fn wanted(self) -> Vec<i32> {
        let (n, base, seen) = (whole(self.count.get()), self.base(), self.seen());
        let mode = self.mode();
        let inner = self.inner.get_value();
        let coming = inner.coming;
        let is_part = coming.is_some_and(|coming| coming.get() || seen.over <= 0)
            || n > AT_ONCE && !inner.router.is_some_and(Router::is_to_scroll);
        let (from, to) = match mode {
            Mode::Plain if is_part => {
                let over = if self.asked.is_late() { 0 } else { seen.over };
                let sight = seen.first + base + seen.fits.max(1) + over;
                // What is made stays: it may have the focus. And never fewer, for the page is as high as they are.
                let made = inner.made.borrow();
                let last = made.last().map_or(0, |at| at + base + 1);
                (0, sight.max(last).max(whole(made.len())).clamp(0, n))
            }
            Mode::Plain => (0, n),
            Mode::Pages => {
                let from = whole(self.page() * PAGE);
                (from, n.min(from + whole(PAGE)))
            }
            Mode::Window if seen.over <= 0 => {
                // The first may be far above the first row: as much of the screen is taken by what stands there.
                let first = seen.first + base;
                let to = (first + (seen.fits + seen.over).max(1)).clamp(0, n);
                ((first - HALF_SEEN).clamp(0, to), to)
            }
            Mode::Window => {
                let some = n.min(seen.fits + 2 * OVER);
                let from = (seen.first + base - OVER).clamp(0, n - some);
                (from, from + some)
            }
        };
        let pinned = seen.focus.or(seen.busy);
        let (low, high) = match pinned.filter(|_| mode == Mode::Window) {
            Some(number) => ((number + base - 1).max(0), (number + base + 2).min(n)),
            None => (from, from),
        };
        let mut rows = Vec::new();
        for (from, to) in [(low, high.min(from)), (from, to), (low.max(to), high)] {
            rows.extend((from..to).map(|row| row - base));
        }
        let mut made = inner.made.borrow_mut();
        if mode == Mode::Window && seen.over <= 0 {
            rows = stay(&made, -base..n - base, &rows);
        }
        made.clone_from(&rows);
        rows
    }

    /// The number of the row that an event happened in.
    fn number_at(self, target: Option<EventTarget>) -> Option<i32> {
        let place: Element = target?.dyn_into().ok()?;
        let index = place.closest("tr").ok()??.get_attribute("aria-rowindex")?;
        let row = index.parse::<i32>().ok()? - 2;
        (row >= 0).then(|| row - untrack(|| self.base()))
    }

    fn point(self, event: &web_sys::PointerEvent, moved: bool) {
        tell_whole(event.target());
        // A page that comes in under a pointer at rest is not pointed at.
        let pointed = moved || self.now().hover.is_some();
        if pointed && event.pointer_type() == "mouse" {
            let hover = self.number_at(event.target());
            self.see(Seen {
                hover,
                ..self.now()
            });
        }
    }

    /// One row of the table, with its state.
    #[must_use]
    pub fn row(self, row: Memo<usize>, state: Value, cells: AnyView) -> AnyView {
        let top = move || {
            let (row, tall) = (row.get(), self.tall.get());
            if tall > 0.0 {
                // A style that refers to nothing is changed without a look at any other rule.
                let top = browser::number_text(f64::from(whole(row)) * tall);
                format!("{top}px")
            } else {
                format!("calc({row} * var(--tall))")
            }
        };
        view! {
            <tr
                role="row"
                aria-rowindex=move || (row.get() + 2).to_string()
                style:top=top
                data-state=state
            >
                {cells}
            </tr>
        }
        .into_any()
    }

    /// The table's body: what stands there before the rows, and a view for each row.
    pub fn body(self, head: AnyView, row: impl Fn(Memo<usize>) -> AnyView + 'static) -> AnyView {
        let slot = move |number: RwSignal<i32>| {
            row(Memo::new(move |before: Option<&usize>| {
                // One that is to be put elsewhere in a moment shows what it showed.
                let row = usize::try_from(number.get() + self.base());
                row.unwrap_or_else(|_| before.copied().unwrap_or_default())
            }))
        };
        let focus = move |target| {
            let focus = self.number_at(target);
            self.see(Seen {
                focus,
                ..self.now()
            });
        };
        view! {
            <tbody
                role="rowgroup"
                node_ref=self.body
                class=move || (self.mode() == Mode::Window).then_some("window")
                on:focusin=move |ev| focus(ev.target())
                on:focusout=move |ev| {
                    // A window that was left comes back to where it was.
                    if document().has_focus().unwrap_or(true) {
                        focus(ev.related_target());
                    }
                }
                on:pointermove=move |ev| self.point(&ev, true)
                on:pointerover=move |ev| self.point(&ev, false)
                on:pointerleave=move |_| self.see(Seen { hover: None, ..self.now() })
            >
                {head}
                {slots(move || self.wanted(), slot)}
            </tbody>
        }
        .into_any()
    }
}

/// What was settled the last time.
struct Settled {
    /// The table's body: where there was no row meanwhile, it is another.
    body: Option<web_sys::HtmlTableSectionElement>,
    /// The rows that the table is high, in a window.
    height: Option<usize>,
    page: Option<usize>,
    in_pages: bool,
    asked: String,
    base: i32,
}

/// The rows wanted, and as many of those that are made as are not wanted elsewhere: they stay where they are, out of sight.
/// All rise.
fn stay(made: &[i32], all: Range<i32>, wanted: &[i32]) -> Vec<i32> {
    let first = wanted.first().copied().unwrap_or(all.start);
    let last = wanted.last().copied().unwrap_or(all.start - 1);
    let part = |from: i32, to: i32| {
        let [from, to] = [from, to].map(|end| made.partition_point(|at| *at < end));
        made.get(from..to).unwrap_or_default()
    };
    let (below, above) = (part(all.start, first), part(last + 1, all.end));
    // Those farthest behind: who goes on the same way finds them on the same side, and nothing changes its place.
    let spare = made.len().saturating_sub(wanted.len()).min(SPARE);
    let low = spare.min(below.len());
    let high = above.len().saturating_sub(spare - low);
    let below = below.get(..low).unwrap_or_default();
    [below, wanted, above.get(high..).unwrap_or_default()].concat()
}

/// How many rows fit on the screen, as far as can be told before one is laid out.
#[allow(clippy::cast_possible_truncation)] // no screen is as high
fn first_fits() -> i32 {
    ((browser::screen_height() - ABOVE).max(0.0) / ROW).ceil() as i32
}

/// Does something so many milliseconds after the frame that is being made was painted.
fn after_paint(ms: u32, act: Box<dyn FnOnce()>) {
    request_animation_frame(move || browser::later(ms, act));
}

/// A text that may be cut off is told whole to whoever points at it. To have it ready in each row
/// takes longer than all else that is done to fill one.
fn tell_whole(target: Option<EventTarget>) {
    let place: Option<Element> = target.and_then(|target| target.dyn_into().ok());
    if let Some(Ok(Some(cell))) = place.map(|place| place.closest(".cut, a.name")) {
        let text = cell.text_content();
        if cell.get_attribute("title") != text {
            // The name is well formed.
            let _ = cell.set_attribute("title", &text.unwrap_or_default());
        }
    }
}

/// The row in which the thing of this key stands; looked for from where it was.
fn find(key_of: &dyn Fn(usize) -> Option<String>, key: &str, near: i32, n: i32) -> Option<i32> {
    let is_it = |row: &i32| {
        let there = usize::try_from(*row).ok().and_then(key_of);
        *row < n && there.is_some_and(|there| there == key)
    };
    (0..=n.max(near)).find_map(|away| [near + away, near - away].into_iter().find(is_it))
}

/// Lets the user have a long table in pages, for a screen reader's table commands and the browser's
/// own search see only what is there.
#[component]
pub fn InPages(
    /// The table's rows.
    rows: Rows,
    /// How many there are when nothing is searched for.
    all: Memo<usize>,
) -> impl IntoView {
    move || {
        (all.get() > LONG).then(|| view! { <Check label="Show in pages" checked=rows.in_pages /> })
    }
}

/// The way from page to page, where there are pages.
#[component]
pub fn Pager(
    /// The table's rows.
    rows: Rows,
    /// What it is called: "Pages of groups".
    label: &'static str,
) -> impl IntoView {
    let button = move |words: &'static str, by: usize| {
        // One page on, or one back.
        let to = move || {
            (rows.page() + by)
                .checked_sub(1)
                .filter(|page| *page <= rows.last_page())
        };
        view! {
            <button
                class="btn"
                type="button"
                aria-disabled=move || to().is_none().then_some("true")
                on:click=move |_| {
                    if let Some(page) = untrack(to) {
                        rows.turn(page);
                        rows.look();
                        rows.to_top();
                    }
                }
            >
                {words}
            </button>
        }
    };
    move || {
        rows.has_pages().then(|| {
            view! {
                <nav class="pager" aria-label=label>
                    {button("Previous", 0)}
                    // How many there are is not known yet when what is in sight is.
                    <span role="status" aria-live=move || rows.asked.is_late().then_some("off")>
                        {format!("Page {} of {}", format::number(rows.page() + 1), format::number(rows.last_page() + 1))}
                    </span>
                    {button("Next", 2)}
                </nav>
            }
        })
    }
}

/// The page that the address names, from 0.
fn page_of_address() -> usize {
    let page = browser::query_param("page").and_then(|page| page.parse::<usize>().ok());
    page.unwrap_or(1).saturating_sub(1)
}

/// A number of rows; no table has more than fit.
fn whole(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
