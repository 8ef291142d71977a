//! From what trunk staged to a site that can be hosted: names by content, integrity, compressed copies.
//!
//! Trunk names the wasm after its contents *before* wasm-opt has rewritten it, so two different files could come under one
//! name, which a cache that was told `immutable` never forgives. Here every hashed file is named again after what it holds.

use crate::policy;
use crate::process::{capture, run};
use crate::size::Size;
use crate::slim;
use crate::split::{self, Cut};
use crate::tools::{hex, node, npm_packages};
use crate::workspace::{Workspace, empty_folder, remove_folder};
use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256, Sha384};
use std::path::Path;
use std::process::Command;

/// Makes `dist/` out of the staged folder and tells the sizes of its files.
pub fn finish(workspace: &Workspace, staged: &Path) -> Result<Vec<Size>> {
    let next = workspace.target.join("site-finished");
    empty_folder(&next)?;
    copy(staged, &next)?;
    later_styles(&next)?;
    one_stylesheet(&next)?;
    let linked = "wasm32-unknown-unknown/release/muster.wasm";
    let wasm_opt = npm_packages(workspace)?.join("wasm-opt");
    slimmer(&next, &workspace.target.join(linked), &wasm_opt)?;
    script_in_its_file(&next)?;
    name_by_content(&next)?;
    let index = next.join("index.html");
    let html = with_integrity(&read(&index)?, |file| {
        std::fs::read(next.join(file))
            .with_context(|| format!("index.html asks for {file}, which was not built"))
    })?;
    write(&index, &html)?;
    // Always there, so that a site without settings costs no failed request.
    write(&next.join("config.json"), "{}\n")?;
    // It writes the page for unknown paths too.
    policy::write(&next)?;
    let sizes = compress(&next)?;
    put_in_place(&next, &workspace.dist())?;
    Ok(sizes)
}

/// Takes the styles of what is fetched later out of the page: its script fetches them with it.
fn later_styles(folder: &Path) -> Result<()> {
    let index = folder.join("index.html");
    let html = read(&index)?;
    let tag = tags(&html).find(|tag| {
        attribute(tag, "rel") == Some("stylesheet")
            && attribute(tag, "href").is_some_and(|address| address.starts_with("/later-"))
    });
    let tag = tag.context("index.html names no styles of what is fetched later")?;
    let file = attribute(tag, "href").and_then(|address| address.strip_prefix('/'));
    let path = folder.join(file.context("styles that are not of this site")?);
    let styles = slim::close_together(&slim::without_remarks(&read(&path)?));
    std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    write(&folder.join(split::STYLES), &styles)?;
    write(&index, &html.replacen(&format!("<{tag}>"), "", 1))
}

/// The insides of the tags of a page.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    let parts = html.split('<').skip(1);
    parts.filter_map(|part| Some(part.split_once('>')?.0))
}

/// Joins the stylesheets, in their order, into the first one's place: they are written apart to be read, and one request
/// blocks the first paint less than four.
fn one_stylesheet(folder: &Path) -> Result<()> {
    const JOINED: &str = "style-0000000000000000.css";
    let index = folder.join("index.html");
    let mut html = read(&index)?;
    let mut styles = String::new();
    while let Some(tag) = stylesheet(&html) {
        let file = attribute(&tag, "href").and_then(|address| address.strip_prefix('/'));
        let Some(file) = file.filter(|file| *file != JOINED) else {
            break;
        };
        let path = folder.join(file);
        styles.push_str(&read(&path)?);
        std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        // All but the last go; in the last one's place stands the joined one.
        let whole = format!("<{tag}>");
        let rest = html.replacen(&whole, "", 1);
        html = if stylesheet(&rest).is_some() {
            rest
        } else {
            html.replacen(
                &whole,
                &format!("<link rel=\"stylesheet\" href=\"/{JOINED}\" integrity=\"sha384-\"/>"),
                1,
            )
        };
    }
    ensure!(!styles.is_empty(), "index.html names no stylesheet");
    write(
        &folder.join(JOINED),
        &slim::close_together(&slim::without_remarks(&styles)),
    )?;
    write(&index, &html)
}

/// The inside of the first tag that names a stylesheet.
fn stylesheet(html: &str) -> Option<String> {
    tags(html)
        .filter(|tag| tag.starts_with("link "))
        .find(|tag| attribute(tag, "rel") == Some("stylesheet"))
        .map(str::to_owned)
}

/// Takes out of the wasm and its script what the page has no use for, optimises it, and cuts it in two. `linked` is the wasm
/// that the linker made.
fn slimmer(folder: &Path, linked: &Path, wasm_opt: &Path) -> Result<()> {
    let (mut wasm, mut script) = (None, None);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("wasm") => wasm = Some(path),
            Some("js") => script = Some(path),
            _ => {}
        }
    }
    let wasm = wasm.context("trunk built no wasm")?;
    let script = script.context("trunk built no script")?;
    let rest = folder.join(split::FILE);
    let optimise = |file: &Path, arguments: &[&str]| {
        run(Command::new(wasm_opt)
            .args(arguments)
            // Behind those of them that tell it what to leave alone: they count from where they stand.
            .arg("-Oz")
            .arg(file)
            .arg("-o")
            .arg(file))
    };
    // Rust puts nothing below address 1024 but the far end of the stack, so that an address of a field never wraps around.
    const LOW: &str = "--low-memory-unused";

    let text = slim::without_unused_classes(&read(&script)?);
    let bytes = slim::without_links(&std::fs::read(&wasm)?)?;
    let gone = slim::exports_of_classes(&bytes, &read(&script)?, &text)?;
    std::fs::write(&wasm, slim::without_unused_exports(&bytes, &text)?)?;
    let doors = format!("--no-inline={}*", split::DOORS);
    optimise(&wasm, &["-g", &doors])?;
    optimise(&wasm, &["-g", &doors, LOW])?;

    let linked =
        std::fs::read(linked).with_context(|| format!("cannot read {}", linked.display()))?;
    let bytes = std::fs::read(&wasm)?;
    let reach = split::reach(&linked, &gone)?;
    let cut = Cut::plan(&bytes, &reach)?;
    let list = folder.with_file_name("functions.txt");
    write(&list, &cut.list())?;
    println!("{cut} (all: {})", list.display());
    std::fs::write(&rest, cut.rest()?)?;
    optimise(&rest, &[LOW])?;
    let (named, wanted) = split::with_short_names(&std::fs::read(&rest)?)?;
    std::fs::write(&wasm, cut.first(&wanted)?)?;
    optimise(&wasm, &[LOW])?;

    let text = format!("{text}{}", split::SCRIPT);
    let parts = split::with_names_in_order(&std::fs::read(&wasm)?, &named, &wanted)?;
    let (parts, text) = slim::with_short_imports(&parts, split::FIRST, &text)?;
    for (path, part) in [&wasm, &rest].into_iter().zip(parts) {
        std::fs::write(path, slim::without_any_notes(&part)?)?;
    }
    write(&script, &slim::without_remarks(&text))
}

/// Lets the script start the app by itself, where trunk writes a script into the page to do so: then the page's policy lets no
/// script run that stands in a page, and the browser checks the integrity of both files.
fn script_in_its_file(folder: &Path) -> Result<()> {
    let index = folder.join("index.html");
    let html = read(&index)?;
    let (before, rest) = html
        .split_once("<script type=\"module\">")
        .context("index.html starts no module")?;
    let (inline, after) = rest
        .split_once("</script>")
        .context("index.html ends within a script")?;
    let named = |ending: &str| {
        let name = inline
            .split(['\'', '"'])
            .find(|word| word.ends_with(ending));
        name.and_then(|name| name.strip_prefix('/'))
            .with_context(|| format!("the script of index.html names no {ending}"))
    };
    let (script, wasm) = (named(".js")?, named(".wasm")?);
    let tag = format!(
        "<script type=\"module\" src=\"/{script}\" crossorigin=\"anonymous\" integrity=\"sha384-\"></script>"
    );
    write(&index, &format!("{}{tag}{}", before.trim_end(), after))?;
    let path = folder.join(script);
    let integrity = split::integrity_of(wasm);
    let start = format!(
        "__wbg_init({{ module_or_path: fetch('/{wasm}', {{ integrity: '{integrity}' }}) }});\n"
    );
    write(&path, &format!("{}{start}", read(&path)?))
}

/// Names the hashed files after what they hold: first what refers to nothing, then the scripts, which name the wasm.
fn name_by_content(folder: &Path) -> Result<()> {
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        names.push(
            name.into_string()
                .ok()
                .context("a built file whose name is no text")?,
        );
    }
    names.sort_by_key(|name| (name.ends_with(".js"), name.clone()));
    let wasm = names.iter().filter(|name| name.ends_with(".wasm"));
    ensure!(
        wasm.count() == 2,
        "there should be two wasm files: {names:?}"
    );
    // Whoever names a file by its hash; the scripts may name the wasm, and have their own names last.
    let namers: Vec<&String> = names
        .iter()
        .filter(|name| name.ends_with(".js") || name.as_str() == "index.html")
        .collect();
    for old in &names {
        let Some(hash) = hash_in(old) else { continue };
        let bytes = std::fs::read(folder.join(old))?;
        let digest = hex(&Sha256::digest(&bytes));
        let new = old.replace(hash, digest.get(..16).unwrap_or(&digest));
        let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(&bytes)));
        std::fs::rename(folder.join(old), folder.join(&new))?;
        let mut named = false;
        for namer in &namers {
            let path = folder.join(namer);
            // A script that has its new name already cannot name a later one: wasm-bindgen writes a single module.
            if !path.is_file() {
                continue;
            }
            let text = read(&path)?;
            if !text.contains(old.as_str()) {
                continue;
            }
            named = true;
            let text = text.replace(&split::integrity_of(old), &integrity);
            write(&path, &text.replace(old, &new))?;
        }
        ensure!(named, "nothing mentions {old}, which was built");
    }
    let named = names.iter().filter(|name| hash_in(name).is_some());
    ensure!(
        named.count() >= 2,
        "trunk named no files by hash: {names:?}"
    );
    Ok(())
}

/// The hexadecimal digits in a name like `muster-0123456789abcdef_bg.wasm`: sixteen, or a few less, for trunk leaves out
/// noughts before them.
fn hash_in(name: &str) -> Option<&str> {
    let (_, rest) = name.rsplit_once('-')?;
    let (digits, _) = rest.split_once(['.', '_'])?;
    let hexadecimal = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    (hexadecimal && (10..=16).contains(&digits.len())).then_some(digits)
}

/// Recomputes each `integrity` attribute from the file that its tag names.
fn with_integrity(html: &str, file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<String> {
    const ATTRIBUTE: &str = "integrity=\"";
    let mut done = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        let (tag, later) = after
            .split_once('>')
            .context("index.html ends within a tag")?;
        done.push_str(before);
        done.push('<');
        rest = later;
        if let Some((head, value)) = tag.split_once(ATTRIBUTE) {
            let (_, tail) = value
                .split_once('"')
                .context("an integrity attribute without an end")?;
            // Browsers check no integrity of a preloaded fetch, and say so in the console of every user.
            if attribute(tag, "as") == Some("fetch") {
                done.push_str(head.trim_end());
                done.push_str(tail);
                done.push('>');
                continue;
            }
            let address = attribute(tag, "href").or_else(|| attribute(tag, "src"));
            let Some(path) = address.and_then(|address| address.strip_prefix('/')) else {
                bail!("index.html: integrity for something that is not of this site: <{tag}>");
            };
            let digest = STANDARD.encode(Sha384::digest(file(path)?));
            done.push_str(&format!("{head}{ATTRIBUTE}sha384-{digest}\"{tail}"));
        } else {
            done.push_str(tag);
        }
        done.push('>');
    }
    done.push_str(rest);
    Ok(done)
}

/// The value of an attribute, as trunk writes it.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    Some(value.split_once('"')?.0)
}

/// Writes the compressed copies.
pub fn compress(folder: &Path) -> Result<Vec<Size>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/compress.mjs");
    let text = capture(Command::new(node()?).arg(script).arg(folder))
        .context("cannot compress the site")?;
    Size::all_from_json(&text)
}

/// Puts the new site where the old one was; a server that is running sees one or the other.
fn put_in_place(next: &Path, place: &Path) -> Result<()> {
    // Beside it, so that both moves stay within one file system even if the target directory is elsewhere.
    let name = |suffix: &str| place.with_file_name(format!(".dist-{suffix}"));
    let (arriving, leaving) = (name("new"), name("old"));
    empty_folder(&arriving)?;
    copy(next, &arriving)?;
    remove_folder(&leaving)?;
    if place.exists() {
        std::fs::rename(place, &leaving).context("cannot move the old dist away")?;
    }
    std::fs::rename(&arriving, place).context("cannot put the new dist in place")?;
    remove_folder(&leaving)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in
        std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?
    {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}

pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

pub fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{hash_in, with_integrity};

    #[test]
    fn only_a_hash_is_taken_for_one() {
        assert_eq!(
            hash_in("muster-0123456789abcdef_bg.wasm"),
            Some("0123456789abcdef")
        );
        assert_eq!(
            hash_in("muster-0123456789abcdef.js"),
            Some("0123456789abcdef")
        );
        assert_eq!(
            hash_in("muster-123456789abcde_bg.wasm"),
            Some("123456789abcde")
        );
        assert_eq!(hash_in("muster-core.js"), None);
        assert_eq!(hash_in("muster-0123456789abcdef0.js"), None);
        assert_eq!(hash_in("muster-0123456789abcdeg.js"), None);
        assert_eq!(hash_in("index.html"), None);
    }

    #[test]
    fn integrity_is_that_of_the_file_and_the_rest_stays() {
        let html = "<p>a > b</p><link rel=\"modulepreload\" href=\"/a.js\" crossorigin=\"anonymous\" integrity=\"sha384-old\">\n<script>x('/a.js')</script>";
        let done = with_integrity(html, |file| Ok(file.as_bytes().to_vec()));
        let expected = "<p>a > b</p><link rel=\"modulepreload\" href=\"/a.js\" crossorigin=\"anonymous\" integrity=\"sha384-0PzQQWx0/quOP7mtCl28J6Ixjmhy73AkfoO58+OFqp/aO5t53gUr5uGpCxszEpIt\">\n<script>x('/a.js')</script>";
        assert_eq!(done.ok().as_deref(), Some(expected));
    }

    #[test]
    fn a_preloaded_fetch_carries_no_integrity() {
        let html = "<link rel=\"preload\" href=\"/a.wasm\" integrity=\"sha384-old\" as=\"fetch\">";
        let done = with_integrity(html, |_| Ok(Vec::new()));
        assert_eq!(
            done.ok().as_deref(),
            Some("<link rel=\"preload\" href=\"/a.wasm\" as=\"fetch\">")
        );
    }

    #[test]
    fn integrity_of_another_site_or_of_nothing_is_an_error() {
        assert!(
            with_integrity(
                "<link href=\"https://x/a.js\" integrity=\"sha384-x\">",
                |_| Ok(Vec::new())
            )
            .is_err()
        );
        assert!(
            with_integrity(
                "<link href=\"/a.js\" integrity=\"sha384-x\">",
                |_| anyhow::bail!("gone")
            )
            .is_err()
        );
    }
}
