//! What wasm-bindgen leaves in its two files although the page has no use for it.
//!
//! Its imports are called `__wbg_click_0123456789abcdef`, in the wasm and in the script: 270 names of
//! which no compressor makes anything. And it exports the classes of every
//! crate that has some: here those by which streams are sent to server functions (wasm-streams,
//! which Leptos brings), with all that they keep alive, and nothing ever makes one of them. Together they
//! are 8 kB of the first load, with the second pass of wasm-opt that finds what nothing asks for any more.

use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};

/// Sections of a wasm file.
const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// What can be imported.
const FUNCTION: u8 = 0;
const TABLE: u8 = 1;
const MEMORY: u8 = 2;
const GLOBAL: u8 = 3;

/// Takes classes out of the script that it does not mention but to export them.
pub fn without_unused_classes(script: &str) -> String {
    let mut script = script.to_owned();
    for name in classes(&script) {
        if let Some(shorter) = without_class(&script, &name) {
            script = shorter;
        }
    }
    script
}

/// The names of the classes that a script exports.
fn classes(script: &str) -> Vec<String> {
    let names = script
        .lines()
        .filter_map(|line| line.strip_prefix("export class ")?.strip_suffix(" {"));
    names.map(str::to_owned).collect()
}

/// The script without a class, if it can do without.
fn without_class(script: &str, name: &str) -> Option<String> {
    let mut rest = cut(script, &format!("export class {name} {{\n"), "\n}\n")?;
    // What follows a class whose values can be disposed of, and what frees those that are forgotten.
    for start in [
        format!("if (Symbol.dispose) {name}."),
        format!("const {name}Finalization ="),
    ] {
        if let Some(shorter) = cut(&rest, &start, ";\n") {
            rest = shorter;
        }
    }
    (!mentions(&rest, name) && !mentions(&rest, &format!("{name}Finalization"))).then_some(rest)
}

/// The text without the first piece that begins a line with `start`, to the first `end` behind it.
fn cut(text: &str, start: &str, end: &str) -> Option<String> {
    let from = match text.find(&format!("\n{start}")) {
        Some(before) => before + 1,
        None => text.starts_with(start).then_some(0)?,
    };
    let (head, tail) = text.split_at_checked(from)?;
    let (_, behind) = tail.split_once(end)?;
    Some(format!("{head}{behind}"))
}

/// Whether a name stands in a script, and not as part of a longer one.
fn mentions(script: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    script.match_indices(name).any(|(place, _)| {
        let before = script
            .get(..place)
            .and_then(|text| text.chars().next_back());
        let behind = script
            .get(place + name.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(part) && !behind.is_some_and(part)
    })
}

/// Takes exports out of the wasm that the script does not mention.
pub fn without_unused_exports(wasm: &[u8], script: &str) -> Result<Vec<u8>> {
    rewritten(wasm, EXPORTS, |reader| {
        let mut kept: Vec<&[u8]> = Vec::new();
        for _ in 0..reader.number()? {
            let from = reader.rest;
            let name = reader.counted_text()?;
            reader.bytes(1)?;
            reader.number()?;
            if mentions(script, name) {
                let length = from.len() - reader.rest.len();
                kept.push(from.get(..length).context("an export that ends early")?);
            }
        }
        let mut section = number(kept.len());
        section.extend(kept.concat());
        Ok(section)
    })
}

/// What a wasm exports for the classes that `before` has and `after` has not: only the script called it.
pub fn exports_of_classes(wasm: &[u8], before: &str, after: &str) -> Result<BTreeSet<String>> {
    let kept = classes(after);
    let gone: Vec<String> = classes(before)
        .into_iter()
        .filter(|class| !kept.contains(class))
        .flat_map(|class| {
            let class = class.to_lowercase();
            [format!("{class}_"), format!("__wbg_{class}_")]
        })
        .collect();
    let mut names = BTreeSet::new();
    sections(wasm, |kind, content| {
        if kind == EXPORTS {
            let mut reader = Reader { rest: content };
            for _ in 0..reader.number()? {
                let name = reader.counted_text()?;
                reader.bytes(1)?;
                reader.number()?;
                if gone.iter().any(|class| name.starts_with(class)) {
                    names.insert(name.to_owned());
                }
            }
        }
        Ok(None)
    })?;
    Ok(names)
}

/// The wasm without what the linker said of it, which is wrong by now.
pub fn without_links(wasm: &[u8]) -> Result<Vec<u8>> {
    without_notes(wasm, |name| name == "linking" || name.starts_with("reloc."))
}

/// The wasm without any notes for tools: no browser reads them.
pub fn without_any_notes(wasm: &[u8]) -> Result<Vec<u8>> {
    without_notes(wasm, |_| true)
}

fn without_notes(wasm: &[u8], goes: impl Fn(&str) -> bool) -> Result<Vec<u8>> {
    sections(wasm, |kind, content| {
        if kind == CUSTOM && goes((Reader { rest: content }).counted_text()?) {
            return Ok(None);
        }
        Ok(Some(content.to_vec()))
    })
}

/// A script or a stylesheet without what is there for people: remarks that have their lines to themselves, and what stands
/// before a line. (In a stylesheet, all remarks.) No text in them is longer than a line.
pub fn without_remarks(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut in_remark = false;
    for line in text.lines() {
        let mut line = line.trim();
        if let (false, Some((before, remark))) = (in_remark, line.split_once("/*")) {
            // One behind code goes if it ends with its line.
            if before.is_empty() || remark.trim_end().ends_with("*/") {
                in_remark = !remark.contains("*/");
                line = before.trim_end();
            }
        } else if in_remark {
            in_remark = !line.contains("*/");
            line = "";
        }
        if !line.is_empty() && !line.starts_with("//") {
            done.push_str(line);
            done.push('\n');
        }
    }
    done
}

/// A stylesheet without the spaces and line ends that mean nothing to it. Its texts hold none of what they stand beside.
pub fn close_together(style: &str) -> String {
    let mut style = style.replace('\n', " ");
    for (wide, narrow) in [
        (" {", "{"),
        ("{ ", "{"),
        ("; ", ";"),
        (";}", "}"),
        (" }", "}"),
        (";}", "}"),
        ("} ", "}"),
        (", ", ","),
        (": ", ":"),
    ] {
        style = style.replace(wide, narrow);
    }
    style
}

/// Gives exports other names, and puts those that get one behind the others, in the order of what they export. `rename` is
/// told the kind, the number and the name of each.
pub fn sorted_exports(
    wasm: &[u8],
    mut rename: impl FnMut(&[(u8, usize, String)]) -> Vec<String>,
    goes: impl Fn(&str) -> bool,
) -> Result<Vec<u8>> {
    rewritten(wasm, EXPORTS, |reader| {
        let (mut kept, mut sorted) = (Vec::new(), Vec::new());
        for _ in 0..reader.number()? {
            let name = reader.counted_text()?.to_owned();
            let entry = (reader.byte()?, reader.number()?, name);
            if goes(&entry.2) {
                sorted.push(entry);
            } else {
                kept.push(entry);
            }
        }
        sorted.sort();
        let names = rename(&sorted);
        ensure!(
            names.len() == sorted.len(),
            "exports without a name: there are {} for {}",
            names.len(),
            sorted.len()
        );
        for (entry, name) in sorted.iter_mut().zip(names) {
            entry.2 = name;
        }
        kept.extend(sorted);
        let mut section = number(kept.len());
        for (kind, what, name) in kept {
            section.extend(number(name.len()));
            section.extend(name.as_bytes());
            section.push(kind);
            section.extend(number(what));
        }
        Ok(section)
    })
}

/// Gives what the parts of a wasm import from the script names of a letter or two, in them and in the script, and takes out
/// of the script what none imports (any more). What they import from each other is left as it is.
pub fn with_short_imports(
    parts: &[Vec<u8>],
    theirs: &str,
    script: &str,
) -> Result<(Vec<Vec<u8>>, String)> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut modules = BTreeSet::new();
    let mut short = Vec::new();
    for wasm in parts {
        short.push(renamed_imports(wasm, |module, name, kind| {
            if module == theirs {
                return Ok(name.to_owned());
            }
            ensure!(
                kind == FUNCTION,
                "the wasm imports {name}, which is no function"
            );
            modules.insert(module.to_owned());
            let place = names.len();
            let new = names.entry(name.to_owned());
            Ok(new.or_insert_with(|| short_name(place)).clone())
        })?);
    }
    ensure!(
        modules.len() == 1,
        "the wasm imports from other modules than wasm-bindgen's: {modules:?}"
    );
    Ok((short, renamed(script, names)?))
}

/// Gives imports other names: `rename` is told the module, the name and the kind of each.
pub fn renamed_imports(
    wasm: &[u8],
    mut rename: impl FnMut(&str, &str, u8) -> Result<String>,
) -> Result<Vec<u8>> {
    rewritten(wasm, IMPORTS, |reader| {
        let count = reader.number()?;
        let mut section = number(count);
        for _ in 0..count {
            let module = reader.counted_text()?;
            let name = reader.counted_text()?;
            let from = reader.rest;
            let kind = reader.byte()?;
            reader.imported(kind)?;
            let entity = from.get(..from.len() - reader.rest.len());
            let new = rename(module, name, kind)?;
            for text in [module, &new] {
                section.extend(number(text.len()));
                section.extend(text.as_bytes());
            }
            section.extend(entity.context("an import that ends early")?);
        }
        Ok(section)
    })
}

/// The script with the functions that are in `names`, under their new ones, and none else.
fn renamed(script: &str, mut names: BTreeMap<String, String>) -> Result<String> {
    const START: &str = "    const import0 = {\n        __proto__: null,\n";
    const END: &str = "\n    };\n";
    let no_table = "wasm-bindgen writes its imports in another form: adapt xtask/src/slim.rs";
    let (head, rest) = script.split_once(START).context(no_table)?;
    let (table, tail) = rest.split_once(END).context(no_table)?;
    let mut done = format!("{head}{START}");
    let mut wanted = true;
    for line in table.lines() {
        let entry = line
            .strip_prefix("        ")
            .filter(|entry| !entry.starts_with([' ', '}']));
        if let Some(entry) = entry {
            let (name, function) = entry.split_once(": ").context(no_table)?;
            ensure!(function.starts_with("function("), "{no_table}: {entry}");
            let new = names.remove(name);
            wanted = new.is_some();
            if let Some(new) = new {
                done.push_str(&format!("{new}: {function}\n"));
            }
        } else if wanted {
            done.push_str(line);
            done.push('\n');
        }
    }
    if !names.is_empty() {
        bail!("{no_table}: the script lacks {:?}", names.keys());
    }
    done.push_str(END.trim_start());
    done.push_str(tail);
    Ok(done)
}

/// `a` to `z`, then `aa` and so on.
pub fn short_name(place: usize) -> String {
    let mut name = Vec::new();
    let mut rest = place + 1;
    while rest > 0 {
        rest -= 1;
        name.push(b'a' + u8::try_from(rest % 26).unwrap_or_default());
        rest /= 26;
    }
    name.reverse();
    name.into_iter().map(char::from).collect()
}

/// The wasm with one section written anew.
fn rewritten<'a>(
    wasm: &'a [u8],
    section: u8,
    mut write: impl FnMut(&mut Reader<'a>) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    sections(wasm, |kind, content| {
        if kind != section {
            return Ok(Some(content.to_vec()));
        }
        let mut inner = Reader { rest: content };
        let new = write(&mut inner)?;
        ensure!(
            inner.rest.is_empty(),
            "section {section} of the wasm is longer than what it holds"
        );
        Ok(Some(new))
    })
}

/// The wasm with each section as `write` makes it of its kind and content, or without it.
fn sections<'a>(
    wasm: &'a [u8],
    mut write: impl FnMut(u8, &'a [u8]) -> Result<Option<Vec<u8>>>,
) -> Result<Vec<u8>> {
    let mut reader = Reader { rest: wasm };
    let mut done = reader.bytes(8)?.to_vec();
    ensure!(done == *b"\0asm\x01\0\0\0", "this is no wasm of version 1");
    while !reader.rest.is_empty() {
        let kind = reader.byte()?;
        let length = reader.number()?;
        if let Some(content) = write(kind, reader.bytes(length)?)? {
            done.push(kind);
            done.extend(number(content.len()));
            done.extend(content);
        }
    }
    Ok(done)
}

/// A number as wasm writes it: seven bits a byte, the lowest first.
fn number(value: usize) -> Vec<u8> {
    let mut rest = value;
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(rest & 127).unwrap_or_default();
        rest >>= 7;
        if rest == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 128);
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let (these, rest) = self
            .rest
            .split_at_checked(count)
            .context("the wasm ends early")?;
        self.rest = rest;
        Ok(these)
    }

    fn byte(&mut self) -> Result<u8> {
        self.bytes(1)?
            .first()
            .copied()
            .context("the wasm ends early")
    }

    fn number(&mut self) -> Result<usize> {
        let mut value = 0;
        for place in 0..5 {
            let byte = self.byte()?;
            value |= usize::from(byte & 127) << (7 * place);
            if byte < 128 {
                return Ok(value);
            }
        }
        bail!("a number in the wasm is longer than five bytes")
    }

    /// What is imported, behind its kind.
    fn imported(&mut self, kind: u8) -> Result<()> {
        match kind {
            FUNCTION => drop(self.number()?),
            GLOBAL => drop(self.bytes(2)?),
            TABLE | MEMORY => {
                if kind == TABLE {
                    self.byte()?;
                }
                let has_end = self.byte()? & 1 == 1;
                self.number()?;
                if has_end {
                    self.number()?;
                }
            }
            _ => bail!("the wasm imports what is unknown here"),
        }
        Ok(())
    }

    fn counted_text(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.bytes(length)?).context("a name in the wasm is no text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two imports (functions of type 0), two exports.
    const WASM: &[u8] =
        b"\0asm\x01\0\0\0\x02\x13\x02\x02./\x03x_1\x00\x00\x02./\x03y_2\x00\x00\x07\x0d\x02\x03one\x00\x00\x03two\x00\x01";

    const SCRIPT: &str = "export class Gone {\n    free() {\n        wasm.two(1);\n    }\n}\nif (Symbol.dispose) Gone.prototype[Symbol.dispose] = Gone.prototype.free;\nexport class Used {\n    a() { wasm.one(); }\n}\nfunction imports() {\n    const import0 = {\n        __proto__: null,\n        x_1: function() {\n            Used.a();\n        },\n        y_2: function() { return handleError(function () {\n            two();\n        }, arguments); },\n        z_3: function() {\n        },\n    };\n    return import0;\n}\nconst GoneFinalization = (typeof X === 'undefined')\n    ? {}\n    : new X(ptr => wasm.two(ptr, 1));\nlet end;\n";

    #[test]
    fn a_class_that_nothing_makes_goes_with_its_exports() {
        let script = without_unused_classes(SCRIPT);
        assert!(!script.contains("Gone") && script.contains("class Used"));
        assert!(script.contains("\nlet end;\n"));
        let wasm = without_unused_exports(WASM, &script.replace("two();", ""));
        let wasm = wasm.unwrap_or_default();
        assert!(wasm.ends_with(b"\x07\x07\x01\x03one\x00\x00"));
    }

    #[test]
    fn only_what_belonged_to_a_class_goes_with_it() {
        const CLASSES: &[u8] = b"\0asm\x01\0\0\0\x07\x2c\x04\x04main\x00\x00\x08gone_run\x00\x01\x0f__wbg_gone_free\x00\x02\x04gone\x00\x03";
        let names = exports_of_classes(CLASSES, SCRIPT, &without_unused_classes(SCRIPT));
        let gone = ["__wbg_gone_free", "gone_run"].map(str::to_owned);
        assert_eq!(names.ok(), Some(BTreeSet::from(gone)));
    }

    #[test]
    fn imports_are_short_in_both_files_and_the_unused_ones_gone() {
        let (parts, script) =
            with_short_imports(&[WASM.to_vec()], "first", SCRIPT).unwrap_or_default();
        let wasm = parts.first();
        assert!(wasm.and_then(|wasm| wasm.get(8..)).is_some_and(|rest| {
            rest.starts_with(b"\x02\x0f\x02\x02./\x01a\x00\x00\x02./\x01b\x00\x00\x07")
        }));
        let table = "__proto__: null,\na: function() {\n            Used.a();\n        },\nb: function() { return handleError(function () {\n            two();\n        }, arguments); },\n};\n    return import0;";
        assert!(script.contains(table), "{script}");
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        let short =
            |wasm: &[u8], script: &str| with_short_imports(&[wasm.to_vec()], "first", script);
        assert!(short(b"\0asm\x02\0\0\0", SCRIPT).is_err());
        assert!(short(WASM.get(..20).unwrap_or_default(), SCRIPT).is_err());
        assert!(short(WASM, &SCRIPT.replace("y_2", "y_9")).is_err());
        assert!(short(WASM, "let import0 = {};").is_err());
    }

    #[test]
    fn what_another_part_brings_keeps_its_name() {
        // A second part: a function of the script's, and of the first part a function, its memory and a global.
        const REST: &[u8] = b"\0asm\x01\0\0\0\x02\x2a\x04\x02./\x03y_2\x00\x00\x05first\x01q\x00\x01\x05first\x01r\x02\x00\x10\x05first\x01s\x03\x7f\x01";
        let both = [WASM.to_vec(), REST.to_vec()];
        let (parts, _) = with_short_imports(&both, "first", SCRIPT).unwrap_or_default();
        let rest = parts.get(1).and_then(|rest| rest.get(10..));
        assert_eq!(
            rest,
            Some(b"\x04\x02./\x01b\x00\x00\x05first\x01q\x00\x01\x05first\x01r\x02\x00\x10\x05first\x01s\x03\x7f\x01".as_slice())
        );
    }

    #[test]
    fn remarks_and_what_stands_before_a_line_go() {
        let script = "/**\n * A class.\n * @param {number} a\n */\nclass A {\n    // said once\n    a() { return '//'; }\n    b = 1; /* one */\n    c = a /* two */ + 1;\n}\n";
        assert_eq!(
            without_remarks(script),
            "class A {\na() { return '//'; }\nb = 1;\nc = a /* two */ + 1;\n}\n"
        );
    }

    #[test]
    fn a_stylesheet_is_closed_together() {
        let style = "@layer a, b;\n@media (width > 40rem) {\n.a > .b, a:hover {\ncolor: red;\n&::before { content: \"\"; }\n}\n}\n";
        assert_eq!(
            close_together(style),
            "@layer a,b;@media (width > 40rem){.a > .b,a:hover{color:red;&::before{content:\"\"}}}"
        );
    }

    #[test]
    fn exports_that_get_a_name_stand_in_order() {
        let sorted = sorted_exports(
            WASM,
            |entries| entries.iter().map(|_| "z".to_owned()).collect(),
            |name| name == "one",
        );
        let end = b"\x07\x0b\x02\x03two\x00\x01\x01z\x00\x00";
        assert!(sorted.is_ok_and(|wasm| wasm.ends_with(end)));
    }

    #[test]
    fn what_the_linker_said_goes() {
        let linked = [
            WASM,
            b"\0\x09\x07linkingX\0\x0b\x0areloc.CODE\0\x05\x04name",
        ]
        .concat();
        let kept = [WASM, b"\0\x05\x04name"].concat();
        assert_eq!(without_links(&linked).ok(), Some(kept));
        assert_eq!(without_any_notes(&linked).ok(), Some(WASM.to_vec()));
    }

    #[test]
    fn names_are_short_and_each_is_new() {
        assert_eq!(short_name(0), "a");
        assert_eq!(short_name(25), "z");
        assert_eq!(short_name(26), "aa");
        let all: BTreeSet<String> = (0..2000).map(short_name).collect();
        assert_eq!(all.len(), 2000);
    }
}
