use leptos::prelude::*;

use crate::format;

/// What an avatar stands for; groups are square, people round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AvatarOf {
    /// A group.
    Group,
    /// A person.
    Person,
}

/// Initials with a hue of their own, or a photo where there is one to be loaded.
#[component]
pub fn Avatar(
    /// Whose.
    of: AvatarOf,
    /// The name that the initials come from.
    name: String,
    /// What gives the hue: the key, so that equal names differ.
    key: String,
    /// A photo that may be loaded; anything but https is not.
    #[prop(optional_no_strip)]
    photo: Option<String>,
    /// On a page of its own it is larger.
    #[prop(optional)]
    big: bool,
) -> impl IntoView {
    let mut class = "avatar".to_owned();
    if big {
        class.push_str(" big");
    }
    if of == AvatarOf::Group {
        class.push_str(" of-group");
    }
    let initials = format::initials(&name);
    let photo = photo.filter(|photo| {
        photo
            .get(..8)
            .is_some_and(|start| start.eq_ignore_ascii_case("https://"))
    });
    view! {
        <span class=class data-hue=format::hue(&key).to_string() aria-hidden="true">
            {match photo {
                Some(photo) => {
                    let broken = RwSignal::new(false);
                    (move || {
                        if broken.get() {
                            return initials.clone().into_any();
                        }
                        view! {
                            <img
                                src=photo.clone()
                                alt=""
                                loading="lazy"
                                referrerpolicy="no-referrer"
                                on:error=move |_| broken.set(true)
                            />
                        }
                            .into_any()
                    })
                        .into_any()
                }
                None => initials.into_any(),
            }}
        </span>
    }
}
