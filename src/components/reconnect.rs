use group_api::{ApiError, Group, GroupSink, ListAsk, Unreadable};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Alert, Dialog, Field, FieldKind, Heading, Kind};
use crate::browser;
use crate::client::Client;
use crate::request::Stop;
use crate::router::use_router;
use crate::session::{Access, Connection, Token, TokenFault, use_session};

/// What is wrong with what stands in a token field.
#[must_use]
pub const fn token_fault(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Empty => "Paste the token here.",
        TokenFault::Unusable => {
            "A token has no spaces, line ends or special letters. Copy it again, whole and alone."
        }
    }
}

/// Tries a token with a read: the list, up to its first group.
///
/// # Errors
/// Why nothing could be read.
pub async fn try_token(connection: &Connection, token: &Token) -> Result<(), ApiError> {
    struct First(Stop, bool);
    impl GroupSink for First {
        fn group(&mut self, _: Group, _: &[u8]) {
            self.1 = true;
            self.0.stop();
        }
        fn unreadable(&mut self, _: Unreadable) {}
    }
    let stop = Stop::default();
    let mut first = First(stop.clone(), false);
    let client = Client::new(
        connection.server.clone(),
        Some(token.clone()),
        Access::LookOnly,
    );
    let ask = connection.me().map_or(ListAsk::Plain, ListAsk::OfPerson);
    let result = client
        .run(connection.system.list(&ask), &mut first, &stop)
        .await;
    if first.1 { Ok(()) } else { result.map(|_| ()) }
}

/// The token of a known connection, asked for again. Stands on its own page or in the dialog.
#[component]
pub fn TokenForm(
    /// The connection.
    connection: Connection,
    /// Whether a try is under way.
    busy: RwSignal<bool>,
    /// Sends the form: set by it, for whoever has the button's form around it.
    send: StoredValue<Option<Callback<()>>>,
) -> impl IntoView {
    let session = use_session();
    let text = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);
    let capabilities = connection.system.capabilities();
    let hint = format!(
        "{} It goes to {} only.",
        capabilities.token_hint, connection.server
    );
    let known = StoredValue::new(connection);
    send.set_value(Some(Callback::new(move |()| {
        let token = match Token::new(&text.get_untracked()) {
            Ok(token) => token,
            Err(why) => return fault.set(Some(token_fault(why).to_owned())),
        };
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let connection = known.get_value();
            let tried = try_token(&connection, &token).await;
            busy.try_set(false);
            match tried {
                Ok(()) => {
                    text.try_set(String::new());
                    session.connect_again(&connection.id, &token);
                }
                Err(error) => {
                    failure.try_set(Some(error));
                }
            }
        });
    })));
    view! {
        {move || failure.get().map(|error| view! { <Alert kind=Kind::Bad><p>{error.to_string()}</p></Alert> })}
        <Field
            label="Token"
            value=text
            kind=FieldKind::Token
            hint=hint
            error=fault
            autofocus=true
            on_edit=Callback::new(move |()| fault.set(None))
        />
    }
}

/// The dialog that opens over whatever page it is when a token was refused. The page under it keeps
/// everything that was typed.
#[component]
pub fn Reconnect() -> impl IntoView {
    let session = use_session();
    move || {
        let connection = session.asking().and_then(|id| session.find(&id))?;
        let busy = RwSignal::new(false);
        let send = StoredValue::new(None::<Callback<()>>);
        let who = connection
            .user
            .clone()
            .map(|user| format!(" of {user}"))
            .unwrap_or_default();
        let id = connection.id.clone();
        let out = id.clone();
        Some(view! {
            <Dialog
                title=format!("Connect again to {}", connection.name)
                busy=busy
                on_submit=Callback::new(move |()| {
                    if let Some(send) = send.get_value() {
                        send.run(());
                    }
                })
                on_close=Callback::new(move |()| session.stop_asking())
            >
                <p>
                    {if session.is_connected(&id) {
                        format!("The server may no longer accept the token{who}. What you were doing is kept and goes on from here.")
                    } else if session.is_left_alone() {
                        format!("You were signed out for want of activity: the token{who} was removed from this browser. What you were doing is kept and goes on from here.")
                    } else {
                        format!("The token{who} was removed from this browser. Give one to go on.")
                    }}
                </p>
                <TokenForm connection=connection busy=busy send=send />
                <div class="actions">
                    <button
                        class="btn btn-quiet"
                        type="button"
                        disabled=busy
                        on:click=move |_| {
                            session.stop_asking();
                            session.disconnect(&out);
                        }
                    >
                        "Disconnect"
                    </button>
                    <button class="btn" type="button" disabled=busy on:click=move |_| session.stop_asking()>
                        "Not now"
                    </button>
                    <button class="btn btn-primary" type="submit" aria-disabled=move || busy.get().then_some("true")>
                        {move || if busy.get() { "Connecting…" } else { "Connect" }}
                    </button>
                </div>
            </Dialog>
        })
    }
}

/// In place of a page whose connection has no token.
#[component]
pub fn Disconnected(
    /// The connection.
    connection: Connection,
) -> impl IntoView {
    let router = use_router();
    let busy = RwSignal::new(false);
    let send = StoredValue::new(None::<Callback<()>>);
    let leave = move || router.go("/connect");
    browser::set_title(&["Connect again", &connection.name]);
    view! {
        <main class="page" id="main">
            <Heading text=connection.name.clone() />
            <Dialog
                title=format!("Connect to {}", connection.name)
                busy=busy
                on_submit=Callback::new(move |()| {
                    if let Some(send) = send.get_value() {
                        send.run(());
                    }
                })
                on_close=Callback::new(move |()| leave())
            >
                <p>"This connection has no token. With one, this page opens where you are."</p>
                <TokenForm connection=connection busy=busy send=send />
                <div class="actions">
                    <button class="btn" type="button" disabled=busy on:click=move |_| leave()>
                        "Other connections"
                    </button>
                    <button class="btn btn-primary" type="submit" aria-disabled=move || busy.get().then_some("true")>
                        {move || if busy.get() { "Connecting…" } else { "Connect" }}
                    </button>
                </div>
            </Dialog>
        </main>
    }
}
