use leptos::html::{Details, Nav};
use leptos::prelude::*;

use super::{Icon, shown_name};
use crate::format;
use crate::rest::{doors, use_rest};
use crate::router::use_router;
use crate::session::{Access, Connection, ConnectionId, theme, use_session};
use crate::store::{Store, Stores};

/// The connection that an address belongs to: `/c/ID/…`.
#[must_use]
pub fn connection_of(path: &str) -> Option<ConnectionId> {
    let rest = path.strip_prefix("/c/")?;
    Some(ConnectionId::from_address(rest.split('/').next()?))
}

/// The bar that is always visible: where one is, in which connection, and as whom.
#[component]
pub fn TopBar() -> impl IntoView {
    let session = use_session();
    let router = use_router();
    let current = Memo::new(move |_| session.find(&connection_of(&router.path())?));
    let stores = expect_context::<Stores>();
    let rest = use_rest();
    let nav = NodeRef::<Nav>::new();
    Effect::new(move |_| {
        let _ = router.path();
        if let Some(nav) = nav.get_untracked() {
            // It may not be open, or not be a popover on this width.
            let _ = nav.hide_popover();
        }
    });
    view! {
        <header class="topbar" data-color=move || current.get().map(|connection| connection.color.to_string())>
            <a class="brand" href="/" aria-label="Muster, home" aria-current=move || (router.path() == "/").then_some("page")>
                <Icon name="mark" class="" />
                <span>"Muster"</span>
            </a>
            {move || {
                current
                    .get()
                    .map(|connection| {
                        let link = |label: &'static str, page: &str| {
                            let href = connection.href(page);
                            let here = href.clone();
                            let within = move || router.path().strip_prefix(&here).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                            view! {
                                <a href=href aria-current=move || within().then_some("page")>
                                    {label}
                                </a>
                            }
                        };
                        view! {
                            <nav class="nav" id="nav" popover aria-label="Main" node_ref=nav>
                                {link("Groups", "groups")}
                                {link("People", "people")}
                                {link("Activity", "activity")}
                            </nav>
                        }
                    })
            }}
            <div class="end">
                {move || {
                    let look_only = current.get().is_some_and(|connection| connection.access == Access::LookOnly);
                    look_only.then(|| view! { <span class="badge">"Look only"</span> })
                }}
                {move || {
                    let store = stores.of(&current.get()?);
                    Some(rest.piece(|| false, move || doors::under_way(store)))
                }}
                {move || (!session.connections().is_empty()).then(|| view! { <Switch current=current /> })} <ThemeButton />
                {move || {
                    current
                        .get()
                        .map(|_| {
                            view! {
                                <button class="btn btn-quiet btn-icon nav-button" type="button" popovertarget="nav" aria-label="Menu">
                                    <Icon name="menu" />
                                </button>
                            }
                        })
                }}
            </div>
        </header>
    }
}

/// What is under way on a connection, wherever one has gone meanwhile, and what waits for somebody.
#[component]
pub fn UnderWay(
    /// The connection's store.
    store: Store,
) -> impl IntoView {
    let told = Memo::new(move |_| {
        let running = store
            .runs()
            .under_way()
            .filter(|told| told.run.items().len() > 1);
        running.map(|told| {
            let counts = told.run.counts();
            let settled = counts.all - counts.open;
            format!(
                "{} of {}",
                format::number(settled),
                format::number(counts.all)
            )
        })
    });
    let waiting = Memo::new(move |_| store.runs().waiting());
    let href = store.connection().href("activity");
    move || {
        let (words, about) = match (told.get(), waiting.get()) {
            (Some(words), _) => (words, "under way"),
            (None, 0) => return None,
            (None, n) => (format::number(n), "to look at"),
        };
        let href = href.clone();
        Some(view! {
            <a class="badge under-way" href=href>
                {words}
                {" "}
                {about}
            </a>
        })
    }
}

/// The connections to go to, and the way out of this one.
#[component]
fn Switch(current: Memo<Option<Connection>>) -> impl IntoView {
    let router = use_router();
    let node = NodeRef::<Details>::new();
    let close = move || {
        if let Some(menu) = node.get_untracked() {
            menu.set_open(false);
        }
    };
    Effect::new(move |_| {
        let _ = router.path();
        close();
    });
    let label = move || match current.get() {
        Some(connection) => {
            let me = connection.user.clone().unwrap_or_default();
            view! {
                <span class="dot" data-color=connection.color.to_string()></span>
                <strong>{shown_name(connection.name.clone(), None)}</strong>
                <span class="me">{me}</span>
            }
            .into_any()
        }
        None => view! { <strong>"Connections"</strong> }.into_any(),
    };
    let open = RwSignal::new(false);
    let close = Callback::new(move |()| close());
    let panel = use_rest().piece(
        move || open.get(),
        move || doors::switch_menu(current, close),
    );
    view! {
        <details
            class="menu switch"
            node_ref=node
            on:toggle=move |_| open.set(node.get_untracked().is_some_and(|menu| menu.open()))
            on:keydown=move |ev| {
                if ev.key() == "Escape" {
                    close.run(());
                }
            }
            on:focusout=move |ev| {
                let inside = ev
                    .related_target()
                    .and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Node>(target).ok())
                    .is_none_or(|target| node.get_untracked().is_some_and(|menu| menu.contains(Some(&target))));
                if !inside {
                    close.run(());
                }
            }
        >
            <summary class="btn btn-quiet">
                <span class="sr-only">"Connection: "</span>
                {label}
                <Icon name="down" />
            </summary>
            <div class="panel at-end">{panel}</div>
        </details>
    }
}

/// What is in the menu of connections: the ways to each, to a new one, and out of this.
#[component]
pub fn SwitchMenu(
    /// The connection whose page this is.
    current: Memo<Option<Connection>>,
    /// Closes the menu.
    on_close: Callback<()>,
) -> impl IntoView {
    let (session, router) = (use_session(), use_router());
    let stores = expect_context::<Stores>();
    let disconnect = move |id: &ConnectionId| {
        stores.drop(id);
        session.disconnect(id);
        on_close.run(());
        router.go("/connect");
    };
    let items = move || {
        session
            .connections()
            .into_iter()
            .map(|connection| {
                let here = current.get().is_some_and(|now| now.id == connection.id);
                let about = format!("{} {}", connection.system.label(), connection.user.clone().unwrap_or_default());
                view! {
                    <a class="item" href=connection.href("groups") aria-current=here.then_some("true")>
                        <span class="dot" data-color=connection.color.to_string()></span>
                        {if here {
                            view! { <strong>{shown_name(connection.name.clone(), None)}</strong> }.into_any()
                        } else {
                            shown_name(connection.name.clone(), None)
                        }}
                        <span class="quiet">{about}</span>
                    </a>
                }
            })
            .collect_view()
    };
    view! {
        {items}
        <hr />
        <a class="item" href="/connect">
            <Icon name="plus" />
            "Add connection"
        </a>
        {move || {
            current
                .get()
                .filter(|connection| session.is_connected(&connection.id))
                .map(|connection| {
                    view! {
                        <button class="item" type="button" on:click=move |_| disconnect(&connection.id)>
                            <Icon name="leave" />
                            "Disconnect"
                        </button>
                    }
                })
        }}
    }
}

#[component]
fn ThemeButton() -> impl IntoView {
    let seen = RwSignal::new(theme::other());
    let label = move || match seen.get() {
        theme::Theme::Light => "Light theme",
        theme::Theme::Dark | theme::Theme::Device => "Dark theme",
    };
    view! {
        <button
            class="btn btn-quiet btn-icon"
            type="button"
            aria-label=label
            title=label
            on:click=move |_| {
                theme::choose(theme::other());
                seen.set(theme::other());
            }
        >
            <Icon name="theme" />
        </button>
    }
}
