use leptos::prelude::*;

use super::Icon;

/// The small button beside a count: reads again, or stops what is being read.
#[component]
pub fn Reread(
    /// Whether something is being read.
    #[prop(into)]
    reading: Signal<bool>,
    /// Stops that.
    on_stop: Callback<()>,
    /// Reads again.
    on_again: Callback<()>,
) -> impl IntoView {
    move || {
        if reading.get() {
            view! {
                <button class="btn btn-quiet btn-small" type="button" on:click=move |_| on_stop.run(())>
                    "Stop"
                </button>
            }
            .into_any()
        } else {
            view! {
                <button
                    class="btn btn-quiet btn-icon btn-small"
                    type="button"
                    aria-label="Read again"
                    on:click=move |_| on_again.run(())
                >
                    <Icon name="again" />
                </button>
            }
            .into_any()
        }
    }
}
