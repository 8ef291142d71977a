use group_api::{Capabilities, Role};
use leptos::prelude::*;

use super::{Icon, unique_id};

/// A choice among the roles that can be given.
#[component]
pub fn RoleSelect(
    /// What the system can do.
    capabilities: &'static Capabilities,
    /// The role that is chosen.
    role: RwSignal<Role>,
) -> impl IntoView {
    let id = unique_id("role");
    view! {
        <div class="field">
            <label for=id.clone()>"Role"</label>
            <span class="select">
                <select id=id on:change:target=move |ev| role.set(Role::from_wire(&ev.target().value()))>
                    {capabilities
                        .assignable()
                        .map(|info| {
                            let value = info.role.as_str();
                            view! {
                                <option value=value selected=role.with_untracked(|role| *role == info.role)>
                                    {info.label}
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

/// The lowest role that can be given: what people are unless more is asked for.
#[must_use]
pub fn plain_role(capabilities: &Capabilities) -> Role {
    let lowest = capabilities.assignable().last();
    lowest.map_or_else(|| Role::from_wire("member"), |info| info.role.clone())
}
