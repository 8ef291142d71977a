//! One small app, as a linker would leave it, walked through and cut.

use super::cut::{Cut, Kind, shared};
use super::reach::{Reach, plain_name};
use super::{FIRST, reach, with_short_names};
use anyhow::{Context, Result, ensure};
use std::borrow::Cow;
use std::collections::BTreeSet;
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, FunctionSection, GlobalSection, GlobalType, ImportSection,
    LinkingSection, MemorySection, MemoryType, Module, NameMap, NameSection, RefType, SymbolTable,
    TableSection, TableType, TypeSection, ValType,
};
use wasmparser::{Operator, Parser, Payload, Validator};

const DOOR: &str = "muster::rest::doors::page";

/// Where the data of the app begins, and what it is: a reference of the first part to `CLOSURE`, a text of each part.
const DATA: u32 = 1024;
const VTABLE: u32 = DATA;
const TITLE: u32 = DATA + 4;
const PAGE: u32 = DATA + 8;
const BYTES: &[u8] = b"\x01\0\0\0MainPage";

/// The app's functions by their numbers; the first is imported.
const LOG: u32 = 0;
const MAIN: u32 = 1;
const SHARED: u32 = 2;
const THE_DOOR: u32 = 3;
const MAKE_PAGE: u32 = 4;
const PAGE_CLOSURE: u32 = 5;
const CLOSURE: u32 = 6;

/// The table: nothing, a closure of the first part, one of the second.
const SLOTS: &[u32] = &[CLOSURE, PAGE_CLOSURE];

/// How the linker links, by its numbers.
const TO_FUNCTION: u8 = 0;
const TO_SLOT: u8 = 1;
const TO_SLOT_IN_DATA: u8 = 2;
const TO_DATA: u8 = 4;

/// The symbols behind those of the functions, which have the functions' numbers.
const VTABLE_SYMBOL: u32 = 7;
const TITLE_SYMBOL: u32 = 8;
const PAGE_SYMBOL: u32 = 9;

#[derive(Default)]
struct Body {
    bytes: Vec<u8>,
    links: Vec<(u8, usize, u32)>,
}

impl Body {
    /// An instruction whose number is the linker's to fill in.
    fn with(mut self, instruction: u8, kind: u8, symbol: u32, number: u32) -> Self {
        self.bytes.push(instruction);
        self.links.push((kind, self.bytes.len(), symbol));
        for shift in [0, 7, 14, 21] {
            self.bytes.push((number >> shift & 127) as u8 | 128);
        }
        self.bytes.push((number >> 28) as u8);
        self
    }

    fn call(self, function: u32) -> Self {
        self.with(0x10, TO_FUNCTION, function, function)
    }

    fn slot(self, slot: u32, function: u32) -> Self {
        let mut body = self.with(0x41, TO_SLOT, function, slot);
        body.bytes.push(0x1a);
        body
    }

    fn look(self, address: u32, symbol: u32) -> Self {
        let mut body = self.with(0x41, TO_DATA, symbol, address);
        body.bytes.push(0x1a);
        body
    }
}

fn bodies() -> Vec<Body> {
    let body = Body::default;
    vec![
        // The main function opens a door, and has a closure that it reaches through its data alone.
        body()
            .call(SHARED)
            .call(THE_DOOR)
            .look(VTABLE, VTABLE_SYMBOL)
            .look(TITLE, TITLE_SYMBOL),
        body().call(LOG),
        body().call(MAKE_PAGE),
        body().look(PAGE, PAGE_SYMBOL).slot(2, PAGE_CLOSURE),
        body().call(SHARED).call(LOG),
        body(),
    ]
}

/// The app; `more` are further instructions of its main function.
fn app(more: impl Fn(Body) -> Body) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    module.section(&types);
    let mut imports = ImportSection::new();
    imports.import("./muster_bg.js", "__wbg_log", EntityType::Function(0));
    module.section(&imports);
    let mut functions = FunctionSection::new();
    let mut bodies = bodies();
    for _ in &bodies {
        functions.function(0);
    }
    module.section(&functions);
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 3,
        maximum: Some(3),
        shared: false,
    });
    module.section(&tables);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    module.section(&memories);
    let mut globals = GlobalSection::new();
    let stack = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    globals.global(stack, &ConstExpr::i32_const(1024));
    module.section(&globals);
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    exports.export("main_0123456789abcdef", ExportKind::Func, MAIN);
    module.section(&exports);
    let mut elements = ElementSection::new();
    let slots = Elements::Functions(Cow::Borrowed(SLOTS));
    elements.active(None, &ConstExpr::i32_const(1), slots);
    module.section(&elements);

    if let Some(main) = bodies.first_mut() {
        *main = more(std::mem::take(main));
    }
    let mut code = CodeSection::new();
    // Behind how many functions there are, which is one byte here.
    let mut offset = 1;
    let mut code_links = Vec::new();
    for body in bodies {
        let whole = [&[0], body.bytes.as_slice(), &[0x0b]].concat();
        for (kind, place, symbol) in body.links {
            // Behind its length, one byte, and that it has no variables.
            code_links.push((kind, offset + 2 + place, symbol));
        }
        offset += 1 + whole.len();
        code.raw(&whole);
    }
    module.section(&code);
    let mut data = DataSection::new();
    let start = ConstExpr::i32_const(DATA.cast_signed());
    data.active(0, &start, BYTES.iter().copied());
    module.section(&data);

    let mut symbols = SymbolTable::new();
    let names = [
        None,
        Some("main"),
        Some("shared"),
        Some("_ZN6muster4rest5doors4page17h0123456789abcdefE"),
        Some("make_page"),
        Some("page_closure"),
        Some("closure"),
    ];
    for (number, name) in (0..).zip(names) {
        let undefined = if name.is_none() {
            SymbolTable::WASM_SYM_UNDEFINED
        } else {
            0
        };
        symbols.function(undefined, number, name);
    }
    for (name, address, size) in [
        ("vtable", VTABLE, 4),
        ("title", TITLE, 4),
        ("page", PAGE, 4),
    ] {
        let place = wasm_encoder::DataSymbolDefinition {
            index: 0,
            offset: address - DATA,
            size,
        };
        symbols.data(0, name, Some(place));
    }
    let mut linking = LinkingSection::new();
    linking.symbol_table(&symbols);
    module.section(&linking);
    // The data begins behind the number of segments and the head of the first: 0, i32.const with two bytes, end, length.
    let data_links = [(TO_SLOT_IN_DATA, 1 + 6, CLOSURE)];
    for (name, section, links) in [
        ("reloc.CODE", 8, code_links.as_slice()),
        ("reloc.DATA", 9, &data_links),
    ] {
        let mut bytes = vec![section, links.len() as u8];
        for (kind, place, symbol) in links {
            bytes.extend([*kind, *place as u8, *symbol as u8]);
            // How far behind the symbol's beginning.
            bytes.extend((*kind == TO_DATA).then_some(0));
        }
        module.section(&CustomSection {
            name: name.into(),
            data: bytes.into(),
        });
    }
    let mut names = NameSection::new();
    let mut map = NameMap::new();
    map.append(MAIN, "main");
    map.append(THE_DOOR, &format!("{DOOR}::h0123456789abcdef"));
    names.functions(&map);
    module.section(&names);
    module.finish()
}

fn plain() -> Vec<u8> {
    app(|main| main)
}

fn found() -> Reach {
    Reach {
        rest_slots: BTreeSet::from([2]),
        dead_slots: BTreeSet::new(),
        not_first_data: std::iter::once(PAGE..PAGE + 4).collect(),
        dead_data: Vec::new(),
        doors: BTreeSet::from([DOOR.to_owned()]),
    }
}

fn none() -> BTreeSet<String> {
    BTreeSet::new()
}

fn valid(wasm: &[u8]) -> Result<()> {
    Validator::new().validate_all(wasm)?;
    Ok(())
}

/// The instructions of each function.
fn code(wasm: &[u8]) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionEntry(body) = payload? {
            let operators = body.get_operators_reader()?.into_iter();
            let words = operators.map(|operator| Ok(word(&operator?)));
            all.push(words.collect::<Result<Vec<_>>>()?.join(" "));
        }
    }
    Ok(all)
}

fn word(operator: &Operator<'_>) -> String {
    match operator {
        Operator::Call { function_index } => format!("call{function_index}"),
        Operator::CallIndirect { .. } => "indirect".to_owned(),
        Operator::I32Const { value } => value.to_string(),
        Operator::Drop => "drop".to_owned(),
        Operator::Unreachable => "unreachable".to_owned(),
        Operator::End => "end".to_owned(),
        other => format!("{other:?}"),
    }
}

fn names(wasm: &[u8], of_imports: bool) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) if of_imports => {
                for import in section.into_imports() {
                    let import = import?;
                    all.push(format!("{} {}", import.module, import.name));
                }
            }
            Payload::ExportSection(section) if !of_imports => {
                for export in section {
                    all.push(export?.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(all)
}

/// The bytes of the data, by their addresses.
fn data(wasm: &[u8]) -> Result<Vec<(u32, Vec<u8>)>> {
    let mut all = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::DataSection(section) = payload? {
            for segment in section {
                let segment = segment?;
                let wasmparser::DataKind::Active { offset_expr, .. } = segment.kind else {
                    continue;
                };
                let start = super::reach::constant(&offset_expr)?;
                all.push((start, segment.data.to_vec()));
            }
        }
    }
    Ok(all)
}

#[test]
fn what_is_only_behind_the_door_is_told_from_the_rest() {
    assert_eq!(reach(&plain(), &none()).ok(), Some(found()));
}

#[test]
fn what_is_reached_past_the_door_stays() {
    // By a call; by a function that is only handed on; by data.
    let reach = |wasm: &[u8]| reach(wasm, &none());
    let called = reach(&app(|main| main.call(MAKE_PAGE)));
    let handed = reach(&app(|main| main.slot(2, PAGE_CLOSURE)));
    let looked = reach(&app(|main| main.look(PAGE, PAGE_SYMBOL)));
    let nothing = Reach {
        rest_slots: BTreeSet::new(),
        not_first_data: Vec::new(),
        ..found()
    };
    let without_slot = Reach {
        rest_slots: BTreeSet::new(),
        ..found()
    };
    let without_data = Reach {
        not_first_data: Vec::new(),
        ..found()
    };
    assert_eq!(called.ok(), Some(nothing));
    assert_eq!(handed.ok(), Some(without_slot));
    assert_eq!(looked.ok(), Some(without_data));
}

#[test]
fn what_only_a_lost_export_reaches_is_dead() -> Result<()> {
    let silent = crate::slim::without_unused_exports(&plain(), "memory")?;
    let gone = BTreeSet::from(["main".to_owned()]);
    let reach = reach(&plain(), &gone)?;
    assert_eq!(reach.dead_slots, BTreeSet::from([1, 2]));
    assert_eq!(
        reach.dead_data,
        Vec::from_iter(std::iter::once(DATA..DATA + 12))
    );
    let cut = Cut::plan(&silent, &reach)?;
    let rest = cut.rest()?;
    valid(&rest)?;
    assert!(data(&rest)?.is_empty());
    let first = cut.first(&with_short_names(&rest)?.1)?;
    valid(&first)?;
    assert_eq!(data(&first)?, [(DATA, vec![0; 12])]);
    Ok(())
}

#[test]
fn without_the_linkers_word_nothing_is_cut() {
    let silent = crate::slim::without_links(&plain()).unwrap_or_default();
    assert!(!silent.is_empty() && reach(&silent, &none()).is_err());
    // Places that are not what the linker says they are: an older wasm's, say.
    let call = [0x10, SHARED as u8 | 0x80];
    let mut other = plain();
    if let Some(place) = other.windows(2).position(|bytes| bytes == call) {
        other.splice(place + 1..place + 2, [0x85]);
    }
    assert!(reach(&other, &none()).is_err());
}

#[test]
fn both_parts_are_whole_and_fit_together() -> Result<()> {
    let (wasm, reach) = (plain(), found());
    let cut = Cut::plan(&wasm, &reach)?;
    assert_eq!(
        cut.to_string(),
        format!("3 of 6 functions are not in the first part; the doors to the second: {DOOR}")
    );
    let rest = cut.rest()?;
    valid(&rest)?;
    // The imported function, three of the first part, its table, its memory and its global come first.
    assert_eq!(
        code(&rest)?,
        [
            "call5 end",
            &format!("{PAGE} drop 2 drop end"),
            "call2 call0 end"
        ]
    );
    assert_eq!(data(&rest)?, [(PAGE, b"Page".to_vec())]);

    let (rest, wanted) = with_short_names(&rest)?;
    valid(&rest)?;
    assert!(names(&rest, true)?.contains(&format!("{FIRST} a")));
    assert!(names(&rest, true)?.contains(&"./muster_bg.js __wbg_log".to_owned()));
    let first = cut.first(&wanted)?;
    valid(&first)?;
    assert_eq!(
        code(&first)?,
        [
            &format!("call2 3 indirect {VTABLE} drop {TITLE} drop end"),
            "call0 end",
            "unreachable end",
            "unreachable end",
            "unreachable end",
            "end"
        ]
    );
    assert_eq!(data(&first)?, [(DATA, b"\x01\0\0\0Main\0\0\0\0".to_vec())]);
    // What one brings is what the other asks for.
    let brought: BTreeSet<String> = names(&first, false)?.into_iter().collect();
    let prefix = format!("{FIRST} ");
    for import in names(&rest, true)? {
        let name = import.strip_prefix(&prefix);
        assert!(
            name.is_none_or(|name| brought.contains(name)),
            "{import} is missing"
        );
    }
    Ok(())
}

#[test]
fn a_door_that_is_no_function_any_more_is_an_error() -> Result<()> {
    let (wasm, mut reach) = (plain(), found());
    reach.doors.insert("muster::rest::doors::gone".to_owned());
    let error = Cut::plan(&wasm, &reach).err().context("it was cut")?;
    ensure!(error.to_string().contains("doors::gone"), "{error}");
    // One that the table hands to everybody is no door.
    reach = found();
    reach.rest_slots.clear();
    let called = app(|main| main.call(PAGE_CLOSURE));
    let kept = Cut::plan(&called, &reach)?;
    ensure!(kept.to_string().starts_with("2 of 6"), "{kept}");
    Ok(())
}

#[test]
fn names_stand_for_things() {
    assert_eq!(shared("f12"), Some((Kind::Function, 12)));
    assert_eq!(shared("g0"), Some((Kind::Global, 0)));
    assert_eq!(shared("x1"), None);
    assert_eq!(shared("t"), None);
    for name in [
        "_ZN6muster4rest5doors4page17h0123456789abcdefE",
        "muster::rest::doors::page::h0123456789abcdef",
        "_RNvNtNtCsgXGp5Oqx2Ny_6muster4rest5doors4page",
    ] {
        assert_eq!(plain_name(name), DOOR);
    }
}
