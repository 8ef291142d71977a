use group_api::{ApiError, WhoAmI};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser;
use crate::components::{
    Alert, Avatar, AvatarOf, Check, Field, FieldKind, Heading, Icon, Kind, shown_name, token_fault,
    try_token, unique_id,
};
use crate::rest::{doors, use_rest};
use crate::router::use_router;
use crate::session::{
    Access, AddressFault, COLORS, Connection, ConnectionId, DemoPerson, Keep, Line, Photos, System,
    Token, read_address, use_session,
};
use crate::store::Stores;

/// What stands in the form.
#[derive(Clone, Copy)]
pub struct Form {
    pub(super) system: RwSignal<System>,
    pub(super) server: RwSignal<String>,
    token: RwSignal<String>,
    pub(super) user: RwSignal<String>,
    pub(super) name: RwSignal<String>,
    pub(super) color: RwSignal<u8>,
    pub(super) remember: RwSignal<bool>,
    pub(super) look_only: RwSignal<bool>,
    pub(super) photos: RwSignal<bool>,
    server_fault: RwSignal<Option<String>>,
    token_fault: RwSignal<Option<String>>,
    failure: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// Whether a connection was made of it.
    pub(super) made: RwSignal<bool>,
}

impl Form {
    /// The connection that it describes, with these.
    #[inline(never)]
    fn connection(
        self,
        id: ConnectionId,
        name: String,
        server: String,
        user: Option<String>,
        color: u8,
    ) -> Connection {
        Connection {
            id,
            name,
            system: self.system.get_untracked(),
            server,
            user,
            color,
            keep: if self.remember.get_untracked() {
                Keep::OnThisDevice
            } else {
                Keep::ForThisTab
            },
            access: if self.look_only.get_untracked() {
                Access::LookOnly
            } else {
                Access::Full
            },
            photos: if self.photos.get_untracked() {
                Photos::Load
            } else {
                Photos::No
            },
        }
    }
}

fn address_fault(fault: AddressFault) -> String {
    match fault {
        AddressFault::Empty => "Paste the system's address here.",
        AddressFault::Unreadable => "This is not an address. It looks like https://groups.example.com.",
        AddressFault::NotHttp => "The address has to begin with https:// or http://.",
        AddressFault::HoldsCredentials => "Leave the name and password out of the address; the token says who you are.",
        AddressFault::HttpFromHttps => {
            "This page came over https, so the browser lets it talk to https servers only. Use the server's https address."
        }
    }
    .to_owned()
}

/// How long the form waits for what the host says.
const CONFIG_MS: u32 = 1_000;

/// Connections: those known here, and a new one.
#[component]
pub fn Connect() -> impl IntoView {
    browser::set_title(&["Connect"]);
    let (session, rest) = (use_session(), use_rest());
    let system = browser::query_param("system")
        .and_then(|word| System::from_word(&word))
        .unwrap_or_default();
    let form = Form {
        system: RwSignal::new(system),
        server: RwSignal::new(String::new()),
        token: RwSignal::new(String::new()),
        user: RwSignal::new(String::new()),
        name: RwSignal::new(String::new()),
        color: RwSignal::new(
            u8::try_from(untrack(move || session.connections()).len() % COLORS.len()).unwrap_or(0),
        ),
        remember: RwSignal::new(true),
        look_only: RwSignal::new(false),
        photos: RwSignal::new(false),
        server_fault: RwSignal::new(None),
        token_fault: RwSignal::new(None),
        failure: RwSignal::new(None),
        busy: RwSignal::new(false),
        made: RwSignal::new(false),
    };
    // A link may choose among the servers that are known here. Any other is shown and never filled
    // in: a password manager would hand it the token.
    let linked = StoredValue::new(browser::query_param("server"));
    let stranger = Memo::new(move |_| {
        let linked = linked.get_value()?;
        let wanted = read_address(&linked, form.system.get()).ok();
        let known = session
            .connections()
            .into_iter()
            .map(|connection| (connection.system, connection.server));
        let offered = session
            .config()
            .unwrap_or_default()
            .connections
            .into_iter()
            .map(|offer| (offer.system, offer.server));
        let is_known = known.chain(offered).any(|(system, server)| {
            wanted.is_some()
                && read_address(&server, system).ok().map(|a| a.server)
                    == wanted.as_ref().map(|a| a.server.clone())
        });
        (!is_known).then_some(linked)
    });
    Effect::new(move |_| {
        if let Some(linked) = linked.get_value()
            && session.config().is_some()
            && stranger.get().is_none()
            && form.server.with_untracked(String::is_empty)
        {
            form.server.set(linked);
        }
    });
    // What the host says moves what stands below it, so it is waited for: but not for long.
    let waited = RwSignal::new(false);
    browser::later(CONFIG_MS, move || {
        waited.try_set(true);
    });
    let is_ready = Memo::new(move |_| waited.get() || session.config().is_some());
    view! {
        <main class="page connect" id="main">
            <div class="start">
                <div class="hello">
                    <Heading text="Connect" />
                    <p>
                        "See who is in which group, change it, and be sure it happened. Muster talks straight from this browser to the system that owns your groups."
                    </p>
                </div>
                <Known />
            </div>
            {move || {
                is_ready
                    .get()
                    .then(|| {
                        view! {
                            <NewConnection form=form stranger=stranger />
                            // Last and never before the form: it comes later and moves nothing then.
                            {rest.piece(|| false, doors::idle_choice)}
                        }
                    })
            }}
        </main>
    }
}

/// The id of what takes the focus when a connection's button is gone.
const KNOWN: &str = "known-connections";

/// The connections kept here.
#[component]
fn Known() -> impl IntoView {
    let session = use_session();
    let stores = expect_context::<Stores>();
    let item = move |connection: Connection| {
        let id = StoredValue::new(connection.id.clone());
        let connected = session.is_connected(&connection.id);
        let mut about = vec![
            connection.system.label().to_owned(),
            connection.server.clone(),
        ];
        about.extend(connection.user.clone());
        if connection.access == Access::LookOnly {
            about.push("look only".to_owned());
        }
        if connection.keep == Keep::ForThisTab {
            about.push("this tab".to_owned());
        }
        if !connected {
            about.push("disconnected".to_owned());
        }
        let name = connection.name.clone();
        let main = if connected {
            view! {
                <a class="btn btn-small" href=connection.href("groups") aria-label=format!("Open {name}")>
                    "Open"
                </a>
            }
            .into_any()
        } else {
            view! {
                <button
                    class="btn btn-small"
                    type="button"
                    aria-label=format!("Connect {name}")
                    on:click=move |_| session.ask_again(&id.get_value())
                >
                    "Connect"
                </button>
            }
            .into_any()
        };
        view! {
            <li>
                <span class="dot" data-color=connection.color.to_string()></span>
                <strong>{shown_name(name.clone(), None)}</strong>
                <span class="quiet">{about.join(" · ")}</span>
                <span class="actions">
                    {main}
                    {connected
                        .then(|| {
                            view! {
                                <button
                                    class="btn btn-small btn-quiet"
                                    type="button"
                                    aria-label=format!("Disconnect {name}")
                                    on:click=move |_| {
                                        stores.drop(&id.get_value());
                                        session.disconnect(&id.get_value());
                                        request_animation_frame(|| browser::focus(KNOWN));
                                    }
                                >
                                    "Disconnect"
                                </button>
                            }
                        })}
                    <button
                        class="btn btn-small btn-quiet"
                        type="button"
                        aria-label=format!("Forget {name}")
                        title="Its activity and its snapshots here go too"
                        on:click=move |_| {
                            stores.drop(&id.get_value());
                            session.forget(&id.get_value());
                            request_animation_frame(|| browser::focus(KNOWN));
                        }
                    >
                        "Forget"
                    </button>
                </span>
            </li>
        }
    };
    view! {
        {move || {
            let connections = session.connections();
            if connections.is_empty() {
                return view! { <Points /> }.into_any();
            }
            view! {
                <section aria-labelledby=KNOWN>
                    <h2 id=KNOWN tabindex="-1">"Your connections"</h2>
                    <ul class="kept">{connections.into_iter().map(item).collect_view()}</ul>
                </section>
            }
                .into_any()
        }}
    }
}

/// What may be relied on, for somebody who is here for the first time.
#[component]
fn Points() -> impl IntoView {
    let points = [
        "Your token stays in this browser and goes to the server you name, in one header.",
        "Nothing is called done before the server has shown it.",
        "What was refused says so in the server's own words, beside the person it is about.",
    ];
    view! {
        <ul class="points">
            {points
                .map(|point| {
                    view! {
                        <li>
                            <Icon name="check" />
                            {point}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

/// The form for a new connection.
#[component]
fn NewConnection(form: Form, stranger: Memo<Option<String>>) -> impl IntoView {
    let (session, rest) = (use_session(), use_rest());
    let router = use_router();
    // Gone when the user has left the page meanwhile: then nobody is taken anywhere.
    let here = StoredValue::new(());
    let capabilities = move || form.system.get().capabilities();
    let asks_who = Memo::new(move |_| capabilities().who_am_i == WhoAmI::UserSays);
    let will_call = move || match read_address(&form.server.get(), form.system.get()) {
        Ok(address) => {
            // The whole warning comes with more of the app.
            let open = if address.line == Line::Open {
                "Not encrypted! "
            } else {
                ""
            };
            format!("{open}Will call {}", address.will_call)
        }
        Err(_) => "Any address copied from the system will do.".to_owned(),
    };
    let connect = move |mut connection: Connection, token: Token| {
        if form.busy.get_untracked() {
            return;
        }
        form.busy.set(true);
        form.failure.set(None);
        spawn_local(async move {
            let mut result = try_token(&connection, &token).await;
            // What was pasted may be the address of some page of the system: then its API is at the
            // root of the same host, and nobody else gets to see the token.
            if let Err(ApiError::NotFound(_) | ApiError::NotUnderstood(_)) = result
                && let Some(root) = root_of(&connection.server)
            {
                let at_root = Connection {
                    server: root,
                    ..connection.clone()
                };
                if try_token(&at_root, &token).await.is_ok() {
                    connection = at_root;
                    result = Ok(());
                }
            }
            match result {
                Ok(()) => {
                    form.busy.try_set(false);
                    form.made.try_set(true);
                    session.connect(connection.clone(), &token);
                    if here.try_get_value().is_some() {
                        router.go(&connection.href("groups"));
                    }
                }
                Err(error) if rest.fetched().await => {
                    doors::why_not(error, connection.server, form.busy, form.failure);
                }
                Err(error) => {
                    form.busy.try_set(false);
                    form.failure.try_set(Some(error.to_string()));
                }
            }
        });
    };
    let send = move || {
        if form.busy.get_untracked() {
            return;
        }
        let address = read_address(&form.server.get_untracked(), form.system.get_untracked());
        let token = Token::new(&form.token.get_untracked());
        form.server_fault
            .set(address.as_ref().err().map(|fault| address_fault(*fault)));
        form.token_fault.set(
            token
                .as_ref()
                .err()
                .map(|fault| token_fault(*fault).to_owned()),
        );
        let (Ok(address), Ok(token)) = (address, token) else {
            return;
        };
        let user = Some(form.user.get_untracked().trim().to_owned())
            .filter(|user| !user.is_empty() && asks_who.get_untracked());
        let typed_name = form.name.get_untracked().trim().to_owned();
        let name = if typed_name.is_empty() {
            host_of(&address.server)
        } else {
            typed_name
        };
        let system = form.system.get_untracked();
        let id = known_or_new(session, system, &address.server, user.as_deref(), &name);
        let color = form.color.get_untracked();
        let connection = form.connection(id, name, address.server, user, color);
        connect(connection, token);
    };
    let try_as = Callback::new(move |person: DemoPerson| {
        let (Ok(token), Ok(server)) = (Token::new(&person.token), window().location().origin())
        else {
            return;
        };
        let system = form.system.get_untracked();
        let name = format!("Demo {}", system.label());
        let id = known_or_new(
            session,
            system,
            &server,
            Some(&person.user),
            &format!("{name} {}", person.user),
        );
        let color = if system == System::default() { 0 } else { 6 };
        let connection = form.connection(id, name, server, Some(person.user), color);
        connect(connection, token);
    });
    let may_add = move || {
        session
            .config()
            .is_none_or(|config| config.add != Some(false))
    };
    view! {
        <form
            class="form"
            aria-label="New connection"
            novalidate
            on:submit=move |ev| {
                ev.prevent_default();
                send();
            }
        >
            {move || {
                stranger
                    .get()
                    .map(|server| {
                        view! {
                            <Alert kind=Kind::Note>
                                <p>
                                    <strong>"The link names a server not known here: "</strong>
                                    <code>{server}</code>
                                    ". If you trust it, type its address below."
                                </p>
                            </Alert>
                        }
                    })
            }}
            {move || form.failure.get().map(|text| view! { <Alert kind=Kind::Bad into_view=true><p>{text}</p></Alert> })}
            <SystemField form=form />
            <Demo on_try=try_as busy=form.busy />
            <Offered form=form />
            {move || {
                may_add()
                    .then(|| {
                        view! {
                            <Field
                                label="Server"
                                value=form.server
                                kind=FieldKind::Address
                                placeholder="https://groups.example.com"
                                hint=Signal::derive(will_call)
                                error=form.server_fault
                                on_edit=Callback::new(move |()| form.server_fault.set(None))
                            />
                        }
                    })
            }}
            {move || rest.is_here().then(|| doors::connect_more(form))}
            <Field
                label="Token"
                value=form.token
                kind=FieldKind::Token
                hint=Signal::derive(move || format!("{} It is kept in this browser only.", capabilities().token_hint))
                error=form.token_fault
                on_edit=Callback::new(move |()| form.token_fault.set(None))
            />
            {move || {
                asks_who
                    .get()
                    .then(|| {
                        view! {
                            <Field
                                label="Your username"
                                value=form.user
                                kind=FieldKind::Username
                                optional=true
                                hint="Instabase does not tell whose token it is. Without this, “you”, “Only groups I belong to” and “Add me as a group admin” are off."
                            />
                        }
                    })
            }}
            <div class="pair">
                <Field label="Name" value=form.name optional=true placeholder="acme" />
                <Colors color=form.color />
            </div>
            <div class="checks">
                <Check
                    label="Remember on this device"
                    checked=form.remember
                    hint="Off: for this tab, and copies of it."
                />
                <Check label="Look only" checked=form.look_only hint="Nothing can be changed through this connection." />
                <Check label="Load photos" checked=form.photos hint="Off: initials. Photos come from addresses that others chose." />
            </div>
            <div class="actions">
                <button class="btn btn-primary" type="submit" aria-disabled=move || form.busy.get().then_some("true")>
                    {move || if form.busy.get() { "Connecting…" } else { "Connect" }}
                </button>
            </div>
        </form>
    }
}

/// The id of the connection that this would be once more, or a new one.
fn known_or_new(
    session: crate::session::Session,
    system: System,
    server: &str,
    user: Option<&str>,
    name: &str,
) -> ConnectionId {
    let same = untrack(move || session.connections())
        .into_iter()
        .find(|known| {
            known.system == system && known.server == server && known.user.as_deref() == user
        });
    same.map_or_else(|| session.new_id(name), |known| known.id)
}

/// The server's origin, where it was given with a path.
fn root_of(server: &str) -> Option<String> {
    let origin = web_sys::Url::new(server).ok()?.origin();
    // At the root of this page's own host is another system than an upstream's: its token is not for it.
    let upstreams = format!("{}/up/", window().location().origin().unwrap_or_default());
    (origin != server && !server.starts_with(&upstreams)).then_some(origin)
}

fn host_of(server: &str) -> String {
    let host = server.split_once("://").map_or(server, |(_, rest)| rest);
    host.to_owned()
}

#[component]
fn SystemField(form: Form) -> impl IntoView {
    let id = unique_id("system");
    view! {
        <div class="field">
            <label for=id.clone()>"System"</label>
            <span class="select">
                <select
                    id=id
                    prop:value=move || form.system.get().label()
                    on:change:target=move |ev| {
                        if let Some(system) = System::from_word(&ev.target().value()) {
                            form.system.set(system);
                        }
                    }
                >
                    {System::ALL
                        .map(|system| {
                            view! {
                                <option value=system.label() selected=system == form.system.get_untracked()>
                                    {system.label()}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
                <Icon name="down" />
            </span>
        </div>
    }
}

/// In demo mode: one press connects as each of the demo's people.
#[component]
fn Demo(on_try: Callback<DemoPerson>, busy: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    move || {
        let demo = session.config()?.demo?;
        let buttons = demo
            .people
            .into_iter()
            .map(|person| {
                let about = person.about.clone();
                let label = format!("Try as {}", person.user);
                let about_id = unique_id("about");
                view! {
                    <div>
                        <button
                            class="btn"
                            type="button"
                            aria-describedby=about_id.clone()
                            aria-disabled=move || busy.get().then_some("true")
                            on:click={
                                let person = person.clone();
                                move |_| on_try.run(person.clone())
                            }
                        >
                            <Avatar of=AvatarOf::Person name=person.user.clone() key=person.user.clone() photo=None />
                            {label}
                        </button>
                        <small id=about_id>{about}</small>
                    </div>
                }
            })
            .collect_view();
        Some(view! {
            <div class="cast" role="group" aria-label="Try the demo">
                {buttons}
            </div>
            <p class="or">"or with a token of your own"</p>
        })
    }
}

/// The connections that this page's host offers: they fill in everything but the token.
#[component]
fn Offered(form: Form) -> impl IntoView {
    let session = use_session();
    move || {
        let offers = session.config()?.connections;
        if offers.is_empty() {
            return None;
        }
        let buttons = offers
            .into_iter()
            .map(|offer| {
                let name = offer.name.clone();
                view! {
                    <button
                        class="btn btn-small"
                        type="button"
                        on:click=move |_| {
                            form.system.set(offer.system);
                            form.server.set(offer.server.clone());
                            form.name.set(offer.name.clone());
                            form.server_fault.set(None);
                        }
                    >
                        {format!("Use {name}")}
                    </button>
                }
            })
            .collect_view();
        Some(view! {
            <div class="actions" role="group" aria-label="Servers offered here">
                {buttons}
            </div>
        })
    }
}

#[component]
fn Colors(color: RwSignal<u8>) -> impl IntoView {
    let swatches = (0_u8..).zip(COLORS).map(|(index, name)| {
        view! {
            <input
                type="radio"
                name="color"
                value=index.to_string()
                data-color=index.to_string()
                aria-label=name
                title=name
                prop:checked=move || color.get() == index
                on:change=move |_| color.set(index)
            />
        }
    });
    view! {
        <fieldset class="swatches">
            <legend>"Colour"</legend>
            {swatches.collect_view()}
        </fieldset>
    }
}
