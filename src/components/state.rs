//! The states of a region that shows data, each unlike the others: nothing there, and failed.

use group_api::ApiError;
use leptos::prelude::*;

use super::{Alert, Icon, Kind};

/// Nothing is there, or nothing matches; what to do next is in the children.
#[component]
pub fn Empty(
    /// What there is not.
    title: &'static str,
    /// Why, and what to do: paragraphs, and buttons in a `div.actions`.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty" role="status">
            <Icon name="mark" class="" />
            <h2>{title}</h2>
            {children()}
        </div>
    }
}

/// Something could not be read: why, and again.
#[component]
pub fn Failed(
    /// What could not be read.
    title: &'static str,
    /// Why.
    error: ApiError,
    /// Tries again.
    on_again: Callback<()>,
    /// Opens the question for a new token, where a bad one may be the cause.
    #[prop(optional)]
    on_connect: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="empty" data-kind="bad" role="alert">
            <Icon name="stop" />
            <h2>{title}</h2>
            <p>{error.to_string()}</p>
            <div class="actions">
                <button class="btn" type="button" on:click=move |_| on_again.run(())>
                    "Try again"
                </button>
                {on_connect
                    .map(|on_connect| {
                        view! {
                            <button class="btn btn-quiet" type="button" on:click=move |_| on_connect.run(())>
                                "Connect again"
                            </button>
                        }
                    })}
            </div>
        </div>
    }
}

/// What is shown stays, and a reading of it failed or was stopped: what that means, why, and again.
#[component]
pub fn NotRead(
    /// What it means for what is shown, as a sentence.
    means: &'static str,
    /// Why.
    error: ApiError,
    /// Tries again.
    on_again: Callback<()>,
) -> impl IntoView {
    let why = if error == ApiError::Cancelled {
        "You stopped it.".to_owned()
    } else {
        error.to_string()
    };
    view! {
        <Alert kind=Kind::Bad>
            <p>
                <strong>{means}</strong>
                " "
                {why}
            </p>
            <div class="actions">
                <button class="btn btn-small" type="button" on:click=move |_| on_again.run(())>
                    "Try again"
                </button>
            </div>
        </Alert>
    }
}
