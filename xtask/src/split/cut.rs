//! Cuts an optimised wasm in two along what [`super::reach`] found.

use super::reach::{Reach, constant, plain_name};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, ImportSection, Instruction, Module,
};
use wasmparser::{
    DataKind, ElementItems, ElementKind, ExternalKind, FunctionBody, KnownCustom, Name, Operator,
    Parser, Payload, TypeRef,
};

/// The module from which the second part imports what is the first one's.
pub const FIRST: &str = "first";

/// What can be shared between the two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Function,
    Table,
    Memory,
    Global,
}

/// A thing of the first part, by its kind and number; with the name that the second part imports.
pub type Shared = (Kind, u32);

/// A wasm and where it is to be cut.
pub struct Cut<'a> {
    wasm: &'a [u8],
    imports: Vec<wasmparser::Import<'a>>,
    imported: u32,
    /// The type of each function, imported ones included.
    types: Vec<u32>,
    bodies: Vec<FunctionBody<'a>>,
    tables: Vec<wasmparser::TableType>,
    memories: Vec<wasmparser::MemoryType>,
    globals: Vec<wasmparser::GlobalType>,
    segments: Vec<(u32, &'a [u8])>,
    features: Option<&'a [u8]>,
    /// The functions of the second part.
    moved: BTreeSet<u32>,
    /// What the second part puts into the table.
    slots: BTreeMap<u32, u32>,
    /// The table's places of the doors.
    doors: BTreeMap<u32, u32>,
    /// How many places the table has, with the new ones.
    table_length: u64,
    not_first_data: &'a [Range<u32>],
    rest_data: Vec<Range<u32>>,
    door_names: &'a BTreeSet<String>,
    names: BTreeMap<u32, &'a str>,
}

impl<'a> Cut<'a> {
    /// Finds out what goes and what stays. The wasm still has the names of its functions.
    pub fn plan(wasm: &'a [u8], reach: &'a Reach) -> Result<Self> {
        let mut cut = Self {
            wasm,
            imports: Vec::new(),
            imported: 0,
            types: Vec::new(),
            bodies: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            segments: Vec::new(),
            features: None,
            moved: BTreeSet::new(),
            slots: BTreeMap::new(),
            doors: BTreeMap::new(),
            table_length: 0,
            not_first_data: &reach.not_first_data,
            rest_data: minus(&reach.not_first_data, &reach.dead_data),
            door_names: &reach.doors,
            names: BTreeMap::new(),
        };
        let mut roots = BTreeSet::new();
        let mut table = BTreeMap::new();
        let mut doors = BTreeMap::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        let TypeRef::Func(kind) = import.ty else {
                            bail!("the wasm imports {}, which is no function", import.name);
                        };
                        cut.types.push(kind);
                        cut.imports.push(import);
                        cut.imported += 1;
                    }
                }
                Payload::FunctionSection(section) => {
                    for kind in section {
                        cut.types.push(kind?);
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        cut.tables.push(table?.ty);
                    }
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        cut.memories.push(memory?);
                    }
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        cut.globals.push(global?.ty);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            roots.insert(export.index);
                        }
                    }
                }
                Payload::StartSection { func, .. } => {
                    roots.insert(func);
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element?;
                        let (
                            ElementKind::Active {
                                offset_expr,
                                table_index: None | Some(0),
                            },
                            ElementItems::Functions(all),
                        ) = (element.kind, element.items)
                        else {
                            bail!("the wasm has elements of an unknown form");
                        };
                        for (slot, function) in (constant(&offset_expr)?..).zip(all) {
                            table.insert(slot, function?);
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => cut.bodies.push(body),
                Payload::DataSection(section) => {
                    for segment in section {
                        let segment = segment?;
                        let DataKind::Active {
                            offset_expr,
                            memory_index: 0,
                        } = segment.kind
                        else {
                            bail!("the wasm has data without an address");
                        };
                        cut.segments.push((constant(&offset_expr)?, segment.data));
                    }
                }
                Payload::TagSection(_) => bail!("the wasm throws, which is not cut yet"),
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Name(names) => {
                        for part in names {
                            let Name::Function(names) = part? else {
                                continue;
                            };
                            for naming in names {
                                let naming = naming?;
                                cut.names.insert(naming.index, naming.name);
                                let name = plain_name(naming.name);
                                if reach.doors.contains(&name) {
                                    doors.insert(naming.index, name);
                                }
                            }
                        }
                    }
                    _ if section.name() == "target_features" => {
                        cut.features = Some(section.data());
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        let found: BTreeSet<&String> = doors.values().collect();
        if let Some(lost) = reach.doors.iter().find(|door| !found.contains(door)) {
            bail!("{lost} is not in the wasm any more: it was inlined");
        }
        roots.extend(
            table
                .iter()
                .filter(|(slot, _)| {
                    !reach.rest_slots.contains(slot) && !reach.dead_slots.contains(slot)
                })
                .map(|(_, function)| *function),
        );
        let stay = cut.reached(roots, &doors)?;
        let count = u32::try_from(cut.types.len())?;
        cut.moved = (cut.imported..count)
            .filter(|function| !stay.contains(function))
            .collect();
        if let Some((_, door)) = doors.iter().find(|(door, _)| stay.contains(door)) {
            bail!("{door} can be reached from outside the page");
        }
        cut.table_length = cut.tables.first().context("the wasm has no table")?.initial;
        for (slot, function) in table {
            if cut.moved.contains(&function) && !reach.dead_slots.contains(&slot) {
                cut.slots.insert(slot, function);
                if doors.contains_key(&function) {
                    cut.doors.insert(function, slot);
                }
            }
        }
        for door in doors.keys() {
            if !cut.doors.contains_key(door) {
                let slot = u32::try_from(cut.table_length)?;
                cut.slots.insert(slot, *door);
                cut.doors.insert(*door, slot);
                cut.table_length += 1;
            }
        }
        Ok(cut)
    }

    /// The functions that can be called without going through a door.
    fn reached(
        &self,
        roots: BTreeSet<u32>,
        doors: &BTreeMap<u32, String>,
    ) -> Result<BTreeSet<u32>> {
        let mut waiting: Vec<u32> = roots.into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(function) = waiting.pop() {
            if !seen.insert(function) {
                continue;
            }
            let Some(body) = function.checked_sub(self.imported) else {
                continue;
            };
            let body = usize::try_from(body).ok();
            let body = body.and_then(|body| self.bodies.get(body));
            let body = body.context("a function that is not there")?;
            for operator in body.get_operators_reader()? {
                match operator? {
                    Operator::Call { function_index } if !doors.contains_key(&function_index) => {
                        waiting.push(function_index);
                    }
                    Operator::RefFunc { .. }
                    | Operator::ReturnCall { .. }
                    | Operator::MemoryInit { .. }
                    | Operator::TableInit { .. } => {
                        bail!("the wasm has instructions that are not cut yet");
                    }
                    _ => {}
                }
            }
        }
        Ok(seen)
    }

    /// Every function: its part, its size and its name; the largest first.
    pub fn list(&self) -> String {
        let mut all: Vec<(usize, bool, &str)> = (self.imported..)
            .zip(&self.bodies)
            .map(|(number, body)| {
                let name = self.names.get(&number).copied().unwrap_or("(no name)");
                (body.as_bytes().len(), self.moved.contains(&number), name)
            })
            .collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        let line = |(size, moved, name): (usize, bool, &str)| {
            let part = if moved { "rest" } else { "first" };
            format!("{part:5} {size:6} {name}\n")
        };
        all.into_iter().map(line).collect()
    }

    /// The second part. It imports everything of the first, under long names ([`shared`] reads them): an optimiser
    /// takes out what it has no use for.
    pub fn rest(&self) -> Result<Vec<u8>> {
        let mut encoder = RoundtripReencoder;
        let mut module = Module::new();
        let types = section(self.wasm, |payload| match payload {
            Payload::TypeSection(section) => Some(section),
            _ => None,
        })?;
        let mut type_section = wasm_encoder::TypeSection::new();
        encoder.parse_type_section(&mut type_section, types)?;
        module.section(&type_section);

        let mut imports = ImportSection::new();
        let mut numbers = BTreeMap::new();
        for (number, import) in (0..).zip(&self.imports) {
            let kind = encoder.entity_type(import.ty)?;
            imports.import(import.module, import.name, kind);
            numbers.insert(number, number);
        }
        let mut next = self.imported;
        for (number, kind) in (0..).zip(&self.types).skip(self.imports.len()) {
            if !self.moved.contains(&number) {
                let name = shared_name((Kind::Function, number));
                imports.import(FIRST, &name, EntityType::Function(*kind));
                numbers.insert(number, next);
                next += 1;
            }
        }
        let mut import = |kind, number, entity: EntityType| {
            imports.import(FIRST, &shared_name((kind, number)), entity);
        };
        for (number, table) in (0..).zip(&self.tables) {
            let mut kind = encoder.table_type(*table)?;
            if number == 0 {
                self.longer(&mut kind);
            }
            import(Kind::Table, number, kind.into());
        }
        for (number, memory) in (0..).zip(&self.memories) {
            import(Kind::Memory, number, encoder.memory_type(*memory)?.into());
        }
        for (number, global) in (0..).zip(&self.globals) {
            import(Kind::Global, number, encoder.global_type(*global)?.into());
        }
        module.section(&imports);

        let mut functions = wasm_encoder::FunctionSection::new();
        for number in &self.moved {
            let kind = usize::try_from(*number)
                .ok()
                .and_then(|place| self.types.get(place));
            functions.function(*kind.context("a function that has no type")?);
            numbers.insert(*number, next);
            next += 1;
        }
        module.section(&functions);

        let mut rest = Rest(&numbers);
        let mut elements = ElementSection::new();
        for (start, run) in runs(&self.slots) {
            let run: Option<Vec<u32>> = run.iter().map(|f| numbers.get(f).copied()).collect();
            let run = run.context("a function that is not there")?;
            let start = ConstExpr::i32_const(start.cast_signed());
            elements.active(None, &start, Elements::Functions(run.into()));
        }
        module.section(&elements);

        let mut code = CodeSection::new();
        for number in &self.moved {
            let body = usize::try_from(number - self.imported).ok();
            let body = body.and_then(|body| self.bodies.get(body));
            let body = body.context("a function that is not there")?.clone();
            rest.parse_function_body(&mut code, body)
                .map_err(|error| anyhow::anyhow!("{error}"))?;
        }
        module.section(&code);

        let mut data = DataSection::new();
        for (start, bytes) in &self.segments {
            for place in within(*start, bytes.len(), &self.rest_data) {
                let Some(piece) = bytes.get(place.clone()) else {
                    continue;
                };
                // Memory is nought before it is written.
                let Some(from) = piece.iter().position(|byte| *byte != 0) else {
                    continue;
                };
                let end = piece.iter().rposition(|byte| *byte != 0).unwrap_or(from) + 1;
                let offset = start + u32::try_from(place.start + from)?;
                data.active(
                    0,
                    &ConstExpr::i32_const(offset.cast_signed()),
                    piece.get(from..end).unwrap_or_default().iter().copied(),
                );
            }
        }
        module.section(&data);
        self.say_features(&mut module);
        Ok(module.finish())
    }

    /// The first part: without what went, and with the exports that are wanted, each with its name.
    pub fn first(&self, wanted: &BTreeMap<Shared, String>) -> Result<Vec<u8>> {
        let mut module = Module::new();
        let mut first = First {
            cut: self,
            wanted,
            next: self.imported,
        };
        first
            .parse_core_module(&mut module, Parser::new(0), self.wasm)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(module.finish())
    }

    fn say_features(&self, module: &mut Module) {
        if let Some(features) = self.features {
            module.section(&wasm_encoder::CustomSection {
                name: "target_features".into(),
                data: features.into(),
            });
        }
    }

    fn longer(&self, table: &mut wasm_encoder::TableType) {
        table.minimum = self.table_length;
        table.maximum = table.maximum.map(|most| most.max(self.table_length));
    }
}

impl fmt::Display for Cut<'_> {
    /// What goes, and the ways there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (moved, of) = (self.moved.len(), self.bodies.len());
        write!(
            f,
            "{moved} of {of} functions are not in the first part; the doors to the second"
        )?;
        for (place, name) in self.door_names.iter().enumerate() {
            write!(f, "{} {name}", if place == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

/// Writes the functions of the second part, with the functions' new numbers.
struct Rest<'a>(&'a BTreeMap<u32, u32>);

impl Reencode for Rest<'_> {
    type Error = anyhow::Error;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        let number = self.0.get(&function).copied();
        let number = number.context("a moved function calls one that is not there");
        number.map_err(Error::UserError)
    }
}

/// Writes the first part.
struct First<'a> {
    cut: &'a Cut<'a>,
    wanted: &'a BTreeMap<Shared, String>,
    next: u32,
}

impl Reencode for First<'_> {
    type Error = anyhow::Error;

    /// What went leaves a function that cannot be called: whoever does has come past the doors.
    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let number = self.next;
        self.next += 1;
        if self.cut.moved.contains(&number) {
            let mut stub = Function::new([]);
            stub.instruction(&Instruction::Unreachable);
            stub.instruction(&Instruction::End);
            code.function(&stub);
            return Ok(());
        }
        let mut function = self.new_function_with_parsed_locals(&body)?;
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            let door = match &operator {
                Operator::Call { function_index } => self.cut.doors.get_key_value(function_index),
                _ => None,
            };
            match door {
                Some((door, slot)) => {
                    let kind = usize::try_from(*door)
                        .ok()
                        .and_then(|door| self.cut.types.get(door));
                    let kind = kind.context("a door without a type");
                    function.instruction(&Instruction::I32Const(slot.cast_signed()));
                    function.instruction(&Instruction::CallIndirect {
                        type_index: *kind.map_err(Error::UserError)?,
                        table_index: 0,
                    });
                }
                None => {
                    function.instruction(&self.instruction(operator)?);
                }
            }
        }
        code.function(&function);
        Ok(())
    }

    /// The names have done their work. (And wasm-opt stumbles over those of segments that it takes apart.)
    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: wasmparser::CustomSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        if section.name() == "name" {
            return Ok(());
        }
        utils::parse_custom_section(self, module, section)
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        utils::parse_export_section(self, exports, section)?;
        for ((kind, number), name) in self.wanted {
            let kind = match kind {
                Kind::Function => ExportKind::Func,
                Kind::Table => ExportKind::Table,
                Kind::Memory => ExportKind::Memory,
                Kind::Global => ExportKind::Global,
            };
            exports.export(name, kind, *number);
        }
        Ok(())
    }

    fn parse_table_section(
        &mut self,
        tables: &mut wasm_encoder::TableSection,
        section: wasmparser::TableSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        for (number, table) in (0..).zip(section) {
            let mut kind = self.table_type(table?.ty)?;
            if number == 0 {
                self.cut.longer(&mut kind);
            }
            tables.table(kind);
        }
        Ok(())
    }

    fn parse_data_section(
        &mut self,
        data: &mut DataSection,
        _: wasmparser::DataSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        for (start, bytes) in &self.cut.segments {
            let mut left = bytes.to_vec();
            for place in within(*start, bytes.len(), self.cut.not_first_data) {
                left.get_mut(place)
                    .into_iter()
                    .flatten()
                    .for_each(|byte| *byte = 0);
            }
            data.active(0, &ConstExpr::i32_const(start.cast_signed()), left);
        }
        Ok(())
    }
}

/// The places within a segment that lie in these stretches of memory.
fn within(start: u32, length: usize, stretches: &[Range<u32>]) -> Vec<Range<usize>> {
    let cut = |place: u32| usize::try_from(place.saturating_sub(start)).map(|at| at.min(length));
    stretches
        .iter()
        .filter_map(|stretch| Some(cut(stretch.start).ok()?..cut(stretch.end).ok()?))
        .filter(|place| !place.is_empty())
        .collect()
}

/// Stretches of memory without others, which lie within them.
fn minus(stretches: &[Range<u32>], others: &[Range<u32>]) -> Vec<Range<u32>> {
    let mut left = Vec::new();
    for stretch in stretches {
        let mut from = stretch.start;
        for other in others {
            if other.start < stretch.end && from < other.end {
                left.push(from..other.start.max(from));
                from = other.end.min(stretch.end);
            }
        }
        left.push(from..stretch.end);
    }
    left.retain(|stretch| !stretch.is_empty());
    left
}

/// Neighbouring slots together: where they begin, and their functions.
fn runs(slots: &BTreeMap<u32, u32>) -> Vec<(u32, Vec<u32>)> {
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    let mut end = None;
    for (slot, function) in slots {
        match runs.last_mut() {
            Some((_, run)) if end == Some(*slot) => run.push(*function),
            _ => runs.push((*slot, vec![*function])),
        }
        end = slot.checked_add(1);
    }
    runs
}

/// The name under which the second part imports a thing of the first.
fn shared_name((kind, number): Shared) -> String {
    let kind = match kind {
        Kind::Function => 'f',
        Kind::Table => 't',
        Kind::Memory => 'm',
        Kind::Global => 'g',
    };
    format!("{kind}{number}")
}

/// What a name of [`shared_name`] stands for.
pub fn shared(name: &str) -> Option<Shared> {
    let kind = match name.chars().next()? {
        'f' => Kind::Function,
        't' => Kind::Table,
        'm' => Kind::Memory,
        'g' => Kind::Global,
        _ => return None,
    };
    Some((kind, name.get(1..)?.parse().ok()?))
}

/// One section of a wasm.
fn section<'a, T>(wasm: &'a [u8], pick: impl Fn(Payload<'a>) -> Option<T>) -> Result<T> {
    for payload in Parser::new(0).parse_all(wasm) {
        if let Some(found) = pick(payload?) {
            return Ok(found);
        }
    }
    bail!("the wasm lacks a section")
}
