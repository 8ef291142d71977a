//! What of the app can be reached without going through a door: by what the linker knows.
//!
//! In a finished wasm an address is a number like any other. The linker still knows of each which
//! function or which piece of data it means, and says so when told to (`--emit-relocs`): for every
//! place of the code and the data that refers to something, to what. From these the functions and
//! the data are a graph, and walking it says for certain what the first page may ever touch.

use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::ops::Range;
use wasmparser::{
    DataKind, ElementItems, ElementKind, KnownCustom, Linking, Operator, Parser, Payload,
    RelocationType, SymbolFlags, SymbolInfo, TypeRef,
};

/// What can be reached without going through a door.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Places of the table behind which there is nothing but the rest.
    pub rest_slots: BTreeSet<u32>,
    /// Places of the table that nobody can reach any more, whichever way.
    pub dead_slots: BTreeSet<u32>,
    /// Stretches of memory that the first part never looks at, in order.
    pub not_first_data: Vec<Range<u32>>,
    /// Stretches of memory that nobody ever looks at, in order.
    pub dead_data: Vec<Range<u32>>,
    /// The names of the doors, in order.
    pub doors: BTreeSet<String>,
}

/// A function, or a symbol of data by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Function(u32),
    Data(u32),
}

/// One place that refers to something.
struct Link {
    /// Where in its section.
    offset: u64,
    to: Node,
}

/// A named piece of data.
struct Datum {
    number: u32,
    /// In memory.
    place: Range<u32>,
    root: bool,
}

/// What was read of a linked wasm.
#[derive(Default)]
struct Linked<'a> {
    imported: u32,
    /// Where each defined function stands in the code section, and what it calls.
    functions: Vec<(Range<u64>, Vec<u32>)>,
    roots: Vec<Node>,
    /// Functions by their places in the table.
    slots: Vec<(u32, u32)>,
    symbols: Vec<SymbolInfo<'a>>,
    /// Where each segment of data begins in the data section, where in memory, and how long it is.
    segments: Vec<(u64, Range<u32>)>,
    code_links: Vec<Link>,
    data_links: Vec<Link>,
}

/// Walks through a wasm as the linker left it. `is_door` tells the doors by their names, `is_gone` the exports that were
/// taken out since.
pub fn reach(
    wasm: &[u8],
    is_door: impl Fn(&str) -> bool,
    is_gone: impl Fn(&str) -> bool,
) -> Result<Reach> {
    let linked = Linked::read(wasm, is_gone)?;
    let mut doors = BTreeSet::new();
    let mut door_names = BTreeSet::new();
    let mut data = Vec::new();
    for (number, symbol) in (0..).zip(&linked.symbols) {
        match symbol {
            SymbolInfo::Func {
                index,
                name: Some(name),
                ..
            } => {
                let name = plain_name(name);
                if is_door(&name) {
                    doors.insert(*index);
                    door_names.insert(name);
                }
            }
            SymbolInfo::Data {
                flags,
                symbol: Some(symbol),
                name,
            } => {
                let segment = usize::try_from(symbol.index).ok();
                let (_, segment) = segment
                    .and_then(|index| linked.segments.get(index))
                    .with_context(|| format!("{name} lies in no segment"))?;
                let start = segment.start + symbol.offset;
                let place = start..start + symbol.size;
                ensure!(
                    place.end <= segment.end,
                    "{name} is longer than its segment"
                );
                let kept = SymbolFlags::EXPORTED | SymbolFlags::NO_STRIP;
                let root = flags.intersects(kept);
                data.push(Datum {
                    number,
                    place,
                    root,
                });
            }
            _ => {}
        }
    }
    let first = linked.walk(&doors, &data)?;
    let all = linked.walk(&BTreeSet::new(), &data)?;
    let without = |seen: &BTreeSet<Node>| -> BTreeSet<u32> {
        let slots = linked.slots.iter();
        slots
            .filter(|(_, function)| !seen.contains(&Node::Function(*function)))
            .map(|(slot, _)| *slot)
            .collect()
    };
    let dead_slots = without(&all);
    Ok(Reach {
        rest_slots: without(&first).difference(&dead_slots).copied().collect(),
        dead_slots,
        not_first_data: unseen_data(&data, &first),
        dead_data: unseen_data(&data, &all),
        doors: door_names,
    })
}

/// A function's name as it stands in the source, without what makes it unique; from the linker's name or from the one that
/// wasm-bindgen makes of it.
pub fn plain_name(name: &str) -> String {
    let plain = format!("{:#}", rustc_demangle::demangle(name));
    match plain.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 => path.to_owned(),
        _ => plain,
    }
}

/// Stretches of data with a name that was not seen. What has none is left where it is.
fn unseen_data(data: &[Datum], seen: &BTreeSet<Node>) -> Vec<Range<u32>> {
    // Pieces of data may share bytes: the ends of texts that end alike.
    let mut edges: Vec<(u32, bool, i32)> = Vec::new();
    for datum in data.iter().filter(|datum| !datum.place.is_empty()) {
        let is_seen = seen.contains(&Node::Data(datum.number));
        edges.push((datum.place.start, is_seen, 1));
        edges.push((datum.place.end, is_seen, -1));
    }
    edges.sort_unstable();
    let mut found: Vec<Range<u32>> = Vec::new();
    let (mut seen_here, mut unseen_here, mut from) = (0, 0, 0);
    for (place, is_seen, step) in edges {
        if seen_here == 0 && unseen_here > 0 && from < place {
            match found.last_mut() {
                Some(last) if last.end == from => last.end = place,
                _ => found.push(from..place),
            }
        }
        from = place;
        *(if is_seen {
            &mut seen_here
        } else {
            &mut unseen_here
        }) += step;
    }
    found
}

impl<'a> Linked<'a> {
    fn read(wasm: &'a [u8], is_gone: impl Fn(&str) -> bool) -> Result<Self> {
        let mut linked = Self::default();
        let (mut code_start, mut data_start) = (0, 0);
        let (mut code_relocs, mut data_relocs) = (None, None);
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if let TypeRef::Func(_) = import?.ty {
                            linked.imported += 1;
                        }
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        let is_function = export.kind == wasmparser::ExternalKind::Func;
                        if is_function && !is_gone(export.name) {
                            linked.roots.push(Node::Function(export.index));
                        }
                    }
                }
                Payload::StartSection { func, .. } => linked.roots.push(Node::Function(func)),
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element?;
                        let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(all)) =
                            (element.kind, element.items)
                        else {
                            bail!("the linked wasm has elements of an unknown form");
                        };
                        for (slot, function) in (constant(&offset_expr)?..).zip(all) {
                            linked.slots.push((slot, function?));
                        }
                    }
                }
                Payload::CodeSectionStart {
                    unchecked_range, ..
                } => code_start = unchecked_range.start,
                Payload::CodeSectionEntry(body) => {
                    let mut calls = Vec::new();
                    for operator in body.get_operators_reader()? {
                        if let Operator::Call { function_index }
                        | Operator::ReturnCall { function_index }
                        | Operator::RefFunc { function_index } = operator?
                        {
                            calls.push(function_index);
                        }
                    }
                    let range = body.range();
                    let place = range.start - code_start..range.end - code_start;
                    linked.functions.push((place, calls));
                }
                Payload::DataSection(section) => {
                    data_start = section.range().start;
                    for segment in section {
                        let segment = segment?;
                        let DataKind::Active { offset_expr, .. } = segment.kind else {
                            bail!("the linked wasm has data without an address");
                        };
                        let start = constant(&offset_expr)?;
                        let length = u32::try_from(segment.data.len())?;
                        let end = start.checked_add(length).context("data past the end")?;
                        let place = segment.range.end - u64::from(length) - data_start;
                        linked.segments.push((place, start..end));
                    }
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Linking(linking) => {
                        for part in linking.subsections() {
                            match part? {
                                Linking::SymbolTable(symbols) => {
                                    linked.symbols =
                                        symbols.into_iter().collect::<Result<_, _>>()?;
                                }
                                Linking::InitFuncs(functions) if functions.count() > 0 => {
                                    bail!("the linked wasm runs functions before it starts");
                                }
                                _ => {}
                            }
                        }
                    }
                    KnownCustom::Reloc(relocs) if section.name() == "reloc.CODE" => {
                        code_relocs = Some(relocs);
                    }
                    KnownCustom::Reloc(relocs) if section.name() == "reloc.DATA" => {
                        data_relocs = Some(relocs);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        let unknown = "the linker did not say what refers to what: `--emit-relocs` is missing";
        let code_relocs = code_relocs.context(unknown)?;
        let data_relocs = data_relocs.context(unknown)?;
        linked.code_links = linked.links(&code_relocs, wasm, code_start)?;
        linked.data_links = linked.links(&data_relocs, wasm, data_start)?;
        Ok(linked)
    }

    /// The links of one section, in their order.
    fn links(
        &self,
        relocs: &wasmparser::RelocSectionReader<'_>,
        wasm: &[u8],
        start: u64,
    ) -> Result<Vec<Link>> {
        let mut links = Vec::new();
        for entry in relocs.entries() {
            let entry = entry?;
            let offset = u64::from(entry.offset);
            let symbol = usize::try_from(entry.index)
                .ok()
                .and_then(|index| self.symbols.get(index));
            let to = match (entry.ty, symbol) {
                (
                    RelocationType::TypeIndexLeb
                    | RelocationType::GlobalIndexLeb
                    | RelocationType::TableNumberLeb,
                    _,
                ) => continue,
                (
                    RelocationType::FunctionIndexLeb
                    | RelocationType::TableIndexSleb
                    | RelocationType::TableIndexI32,
                    Some(SymbolInfo::Func { index, .. }),
                ) => {
                    if entry.ty == RelocationType::FunctionIndexLeb {
                        // The sum of what is read here stands and falls with the places being right.
                        let place = usize::try_from(start + offset)?;
                        ensure!(
                            wasm.get(place..).and_then(padded) == Some(*index),
                            "the linker names places where nothing is called"
                        );
                    }
                    Node::Function(*index)
                }
                (
                    RelocationType::MemoryAddrLeb
                    | RelocationType::MemoryAddrSleb
                    | RelocationType::MemoryAddrI32,
                    Some(SymbolInfo::Data { symbol, .. }),
                ) => {
                    // What is nowhere is the linker's own: the ends of memory's parts.
                    if symbol.is_none() {
                        continue;
                    }
                    Node::Data(entry.index)
                }
                (kind, _) => bail!("the linker links in an unknown way: {kind:?}"),
            };
            links.push(Link { offset, to });
        }
        links.sort_by_key(|link| link.offset);
        Ok(links)
    }

    /// Everything that can be reached from outside without going through a door.
    fn walk(&self, doors: &BTreeSet<u32>, data: &[Datum]) -> Result<BTreeSet<Node>> {
        let mut held = vec![false; self.data_links.len()];
        let mut of_data: Vec<(u32, Range<usize>)> = Vec::new();
        for datum in data {
            let mut links = 0..0;
            if let Some(place) = self.in_section(&datum.place) {
                links = between(&self.data_links, &place);
            }
            held.get_mut(links.clone())
                .into_iter()
                .flatten()
                .for_each(|held| *held = true);
            of_data.push((datum.number, links));
        }
        // What refers to something from data without a name may do so for anybody.
        let free = self.data_links.iter().zip(held);
        let free = free.filter(|(_, held)| !held).map(|(link, _)| link.to);
        let kept = data.iter().filter(|datum| datum.root);
        let mut waiting: Vec<Node> = self.roots.clone();
        waiting.extend(kept.map(|datum| Node::Data(datum.number)));
        waiting.extend(free);
        let mut seen = BTreeSet::new();
        while let Some(node) = waiting.pop() {
            let is_door = matches!(node, Node::Function(index) if doors.contains(&index));
            if is_door || !seen.insert(node) {
                continue;
            }
            match node {
                Node::Function(index) => {
                    let Some(index) = index.checked_sub(self.imported) else {
                        continue;
                    };
                    let function = usize::try_from(index)
                        .ok()
                        .and_then(|index| self.functions.get(index));
                    let (place, calls) = function.context("a function that is not there")?;
                    waiting.extend(calls.iter().copied().map(Node::Function));
                    let links = between(&self.code_links, place);
                    let links = self.code_links.get(links).into_iter().flatten();
                    waiting.extend(links.map(|link| link.to));
                }
                Node::Data(number) => {
                    let links = of_data.binary_search_by_key(&number, |(number, _)| *number);
                    let links = links.ok().and_then(|place| of_data.get(place));
                    let (_, links) = links.context("data that is not there")?;
                    let links = self.data_links.get(links.clone()).into_iter().flatten();
                    waiting.extend(links.map(|link| link.to));
                }
            }
        }
        Ok(seen)
    }

    /// Where a stretch of memory stands in the data section.
    fn in_section(&self, memory: &Range<u32>) -> Option<Range<u64>> {
        let (place, segment) = self
            .segments
            .iter()
            .find(|(_, segment)| segment.start <= memory.start && memory.end <= segment.end)?;
        let start = place + u64::from(memory.start - segment.start);
        Some(start..start + u64::from(memory.end - memory.start))
    }
}

/// The numbers of the links in a stretch of their section.
fn between(links: &[Link], place: &Range<u64>) -> Range<usize> {
    let before = |end: u64| links.partition_point(|link| link.offset < end);
    before(place.start)..before(place.end)
}

/// A number of five bytes, as the linker writes those that it may have to change.
fn padded(bytes: &[u8]) -> Option<u32> {
    let bytes = bytes.get(..5)?;
    let parts = bytes.iter().zip([0, 7, 14, 21, 28]);
    Some(parts.fold(0, |sum, (byte, shift)| sum | u32::from(byte & 127) << shift))
}

/// The number that an expression of one instruction stands for.
pub fn constant(expression: &wasmparser::ConstExpr<'_>) -> Result<u32> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value.cast_unsigned()),
        other => bail!("an address that is no number: {other:?}"),
    }
}
