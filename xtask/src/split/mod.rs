//! Cuts the app's wasm in two: what the first page needs, and the rest, which is fetched later.
//!
//! The app names the doors: functions of one module (`src/rest.rs`), each of which makes a page that
//! is not needed at first. What can be reached only through them goes into the second part. It is no guess:
//! the linker tells of every place in code and data what it refers to ([`reach`]), so that nothing
//! that the first part could ever call or read is taken from it. The optimised wasm is then cut along
//! that line ([`cut`]). Both parts share memory and table; the second imports functions of the first,
//! and puts its own into their places of the table, where the first finds them.
//!
//! Binaryen has a `wasm-split` for the same end, which goes by what a profile saw or by names. It is not in its
//! npm package; and neither a profile nor a name says that nothing else is called.

mod cut;
mod reach;
#[cfg(test)]
mod tests;

pub use cut::{Cut, FIRST};
pub use reach::Reach;

use anyhow::{Context, Result};
use cut::Shared;
use std::collections::{BTreeMap, BTreeSet};

use crate::slim;

/// Before the names of the doors: the module whose functions they are.
pub const DOORS: &str = "muster::rest::doors::";

/// The second part's file, until it is named by its content.
pub const FILE: &str = "muster-0000000000000000_rest.wasm";

/// The styles of the second part's pages, until they are named by their content.
pub const STYLES: &str = "style-0000000000000001_later.css";

/// What fetches the second part and its styles, at the end of the script that wasm-bindgen made; `src/rest.rs` calls it. A
/// fetch that failed is begun anew when it is asked for again; nothing is instantiated before all of it is there. Idle is a
/// page that has been painted: before that, idle moments are not its own.
pub const SCRIPT: &str = "
let rest;
const fetchStyles = () => new Promise((loaded, failed) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'stylesheet', integrity: 'style-0000000000000001_later.css integrity', href: new URL('style-0000000000000001_later.css', import.meta.url).href });
    link.onload = loaded;
    link.onerror = () => {
        link.remove();
        failed(new Error('the styles of the second part'));
    };
    document.head.append(link);
});
async function fetchRest() {
    const [reply] = await Promise.all([
        fetch(new URL('muster-0000000000000000_rest.wasm', import.meta.url), { integrity: 'muster-0000000000000000_rest.wasm integrity' }),
        fetchStyles(),
    ]);
    if (!reply.ok) throw new Error(`the second part: ${reply.status}`);
    await __wbg_load(reply, { ...__wbg_get_imports(), first: wasm });
}
globalThis.__muster_rest = async (whenIdle) => {
    if (whenIdle) {
        await new Promise((frame) => requestAnimationFrame(frame));
        await new Promise((idle) => (globalThis.requestIdleCallback ?? setTimeout)(idle));
    }
    rest ??= fetchRest().catch((error) => {
        rest = undefined;
        throw error;
    });
    return rest;
};
";

/// What stands in a script for the integrity of a file, once the file is named by its content.
pub fn integrity_of(file: &str) -> String {
    format!("{file} integrity")
}

/// What of the linked wasm can be reached without going through a door. `gone` are the exports that were taken out since:
/// what they alone could reach is dead.
pub fn reach(linked: &[u8], gone: &BTreeSet<String>) -> Result<Reach> {
    let is_door = |name: &str| {
        let door = name.strip_prefix(DOORS);
        door.is_some_and(|door| !door.contains("::"))
    };
    // Before wasm-bindgen they have the mark of their crate behind them.
    let is_gone = |name: &str| {
        let plain = name.rsplit_once('_').filter(|(_, mark)| mark.len() == 16);
        gone.contains(plain.map_or(name, |(plain, _)| plain))
    };
    reach::reach(linked, is_door, is_gone)
}

/// Gives what the second part imports from the first names of a letter or two; and tells which thing is to have which.
pub fn with_short_names(rest: &[u8]) -> Result<(Vec<u8>, BTreeMap<Shared, String>)> {
    let mut shared = BTreeSet::new();
    // The first time only to look: the names rise with the numbers, so that they compress.
    slim::renamed_imports(rest, |module, name, _| {
        if module == FIRST {
            shared.insert(cut::shared(name).context("an unknown import")?);
        }
        Ok(name.to_owned())
    })?;
    let names: BTreeMap<Shared, String> = shared
        .into_iter()
        .enumerate()
        .map(|(place, shared)| (shared, slim::short_name(place)))
        .collect();
    let rest = slim::renamed_imports(rest, |module, name, _| {
        let short = cut::shared(name).filter(|_| module == FIRST);
        let short = short.and_then(|shared| names.get(&shared));
        Ok(short.map_or_else(|| name.to_owned(), Clone::clone))
    })?;
    Ok((rest, names))
}

/// The same names once more, in the order that the optimised first part has its things in: then they hardly cost anything.
pub fn with_names_in_order(
    first: &[u8],
    rest: &[u8],
    wanted: &BTreeMap<Shared, String>,
) -> Result<[Vec<u8>; 2]> {
    let short: BTreeSet<&String> = wanted.values().collect();
    let mut names = BTreeMap::new();
    let first = slim::sorted_exports(
        first,
        |entries| {
            let entries = entries.iter().enumerate();
            let named = entries.map(|(place, (_, _, old))| {
                let new = slim::short_name(place);
                names.insert(old.clone(), new.clone());
                new
            });
            named.collect()
        },
        |name| short.contains(&name.to_owned()),
    )?;
    let rest = slim::renamed_imports(rest, |module, name, _| {
        if module != FIRST {
            return Ok(name.to_owned());
        }
        let new = names.get(name).cloned();
        new.with_context(|| format!("the first part does not export {name}"))
    })?;
    Ok([first, rest])
}
