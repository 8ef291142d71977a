use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Alert, Dialog, Kind, Radios};
use crate::browser;
use crate::export::{self, Form, Offers};
use crate::format;
use crate::request::Stop;
use crate::store::Store;

/// Asks what is to be exported and in which form, and makes the file.
#[component]
pub fn ExportDialog(
    /// The store of the connection.
    store: Store,
    /// What there is.
    offers: Offers,
    /// Asks to close it.
    on_close: Callback<()>,
) -> impl IntoView {
    let what = RwSignal::new(0);
    let form = RwSignal::new(0);
    // How many lines or groups were written, of how many.
    let under = RwSignal::new(None::<(usize, usize)>);
    let failed = RwSignal::new(false);
    let busy = Signal::derive(move || under.get().is_some());
    let stop = StoredValue::new_local(Stop::default());
    on_cleanup(move || {
        stop.try_with_value(Stop::stop);
    });
    let choices = offers
        .offers
        .iter()
        .map(|offer| (offer.words.clone(), offer.hint.clone()))
        .collect();
    let offers = StoredValue::new_local(Rc::new(offers));
    let send = Callback::new(move |()| {
        let offers = offers.get_value();
        let Some(offer) = offers.offers.get(what.get_untracked()).cloned() else {
            return;
        };
        let form = if form.get_untracked() == 0 {
            Form::Csv
        } else {
            Form::Json
        };
        let stop = stop.with_value(Stop::part);
        failed.set(false);
        under.set(Some((0, 0)));
        spawn_local(async move {
            let content = (offer.content)();
            let all = content.count();
            let about = export::about(store, offers.read_at);
            let done = |now: usize| {
                under.try_set(Some((now, all)));
            };
            let made = export::make(store, &about, &content, form, &done, &stop).await;
            if stop.is_stopped() {
                return;
            }
            under.try_set(None);
            match made {
                Some(blob) => {
                    browser::hand_out(&format!("{}.{}", offers.name, form.ending()), &blob);
                    on_close.run(());
                }
                None => failed.try_set(true),
            }
        });
    });
    view! {
        <Dialog title="Export" on_submit=send on_close=on_close busy=busy>
            <Radios legend="What" options=choices chosen=what />
            <Radios
                legend="As"
                options=vec![
                    ("CSV".to_owned(), Some("For spreadsheets.".to_owned())),
                    ("JSON".to_owned(), Some("For programs.".to_owned())),
                ]
                chosen=form
            />
            <p class="quiet" role="status">
                {move || {
                    under
                        .get()
                        .filter(|(now, _)| *now > 0)
                        .map(|(now, all)| format!("Writing: {} of {}", format::number(now), format::number(all)))
                }}
            </p>
            {move || {
                failed
                    .get()
                    .then(|| {
                        view! {
                            <Alert kind=Kind::Bad>
                                <p>"The browser has no room for this file."</p>
                            </Alert>
                        }
                    })
            }}
            <div class="actions">
                <button
                    class="btn"
                    type="button"
                    on:click=move |_| {
                        stop.with_value(Stop::stop);
                        on_close.run(());
                    }
                >
                    "Cancel"
                </button>
                <button class="btn btn-primary" type="submit" disabled=busy>
                    "Save file"
                </button>
            </div>
        </Dialog>
    }
}

/// A button that asks what to export.
#[component]
pub fn ExportButton(
    /// The store of the connection.
    store: Store,
    /// What there is when it is pressed.
    offers: Callback<(), Offers>,
    /// Its class.
    #[prop(default = "btn")]
    class: &'static str,
    /// Whether there is nothing.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <button class=class type="button" disabled=disabled on:click=move |_| open.set(true)>
            "Export"
        </button>
        {move || {
            open.get()
                .then(|| {
                    let offers = untrack(|| offers.run(()));
                    view! { <ExportDialog store=store offers=offers on_close=Callback::new(move |()| open.set(false)) /> }
                })
        }}
    }
}
