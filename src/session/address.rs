//! The server's address out of whatever was pasted from the system.

use leptos::prelude::window;
use web_sys::Url;

use super::system::System;

/// An address as understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// What the contract's paths are appended to.
    pub server: String,
    /// What will be called first, to be shown.
    pub will_call: String,
    /// Who may read on the way there.
    pub line: Line,
}

/// Who may read what goes to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Nobody: it is encrypted, or does not leave this machine.
    Private,
    /// Whoever is between: it is plain http.
    Open,
}

/// Why a text is no server's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFault {
    /// Nothing was given.
    Empty,
    /// It cannot be read as an address.
    Unreadable,
    /// Something else than http or https.
    NotHttp,
    /// It carries a user name or password, which belongs in the token.
    HoldsCredentials,
    /// Plain http from a page that came over https: the browser will not let it through.
    HttpFromHttps,
}

/// Reads what was pasted: a host, the API's root, or any page of the system. A path on this page's
/// own host begins with a slash. What follows the contract's path is dropped, and so are query and
/// fragment.
///
/// # Errors
/// [`AddressFault`] says what cannot be used.
pub fn read_address(text: &str, system: System) -> Result<Address, AddressFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AddressFault::Empty);
    }
    let location = window().location();
    let origin = location.origin().unwrap_or_default();
    let whole = if text.starts_with('/') {
        format!("{origin}{text}")
    } else if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let url = Url::new(&whole).map_err(|_| AddressFault::Unreadable)?;
    let protocol = url.protocol();
    if protocol != "https:" && protocol != "http:" {
        return Err(AddressFault::NotHttp);
    }
    if !url.username().is_empty() || !url.password().is_empty() {
        return Err(AddressFault::HoldsCredentials);
    }
    let page_is_https = location
        .protocol()
        .is_ok_and(|protocol| protocol == "https:");
    let loopback = matches!(url.hostname().as_str(), "localhost" | "127.0.0.1" | "[::1]");
    if protocol == "http:" && page_is_https && !loopback {
        return Err(AddressFault::HttpFromHttps);
    }
    let list_path = system.capabilities().list_path;
    let root = list_path.trim_end_matches("/list");
    let path = url.pathname();
    // The API's root anywhere in it, or the beginning of it at its end.
    let bare = path.trim_end_matches('/');
    let beginnings = root.match_indices('/').map(|(at, _)| at).skip(1);
    let cut = path.find(root).and_then(|at| path.get(..at)).or_else(|| {
        let longest_first = beginnings.collect::<Vec<_>>().into_iter().rev();
        longest_first
            .filter_map(|end| root.get(..end))
            .find_map(|part| bare.strip_suffix(part))
    });
    let prefix = cut.unwrap_or(bare);
    let server = format!("{}{}", url.origin(), prefix.trim_end_matches('/'));
    Ok(Address {
        line: if protocol == "http:" && !loopback {
            Line::Open
        } else {
            Line::Private
        },
        will_call: format!("{server}{list_path}"),
        server,
    })
}
