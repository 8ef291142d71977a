//! Lists of objects and Muster's own files, as tables.

use serde_json::{Map, Value};

use crate::file::Extent;

use super::table::{MOST_COLUMNS, MOST_ROWS, Made, NoTable, Table, Unit};

/// The headings of a table made of Muster's own file, in the order of [`own`].
pub(super) const OWN: [&str; 9] = [
    "group",
    "group name",
    "description",
    "photo",
    "person",
    "name",
    "e-mail",
    "role",
    "joined",
];

/// Whether a text begins as a list or an object does, and not as cells that happen to be in brackets.
pub(super) fn looks_like_json(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let next = |inside: &str| inside.trim_start().chars().next();
    match (text.strip_prefix('['), text.strip_prefix('{')) {
        (Some(list), _) => matches!(next(list), Some('{' | ']')),
        (_, Some(object)) => matches!(next(object), Some('"' | '}')),
        _ => false,
    }
}

/// Reads a list of objects, or Muster's own file.
///
/// # Errors
/// Why it is neither.
pub(super) fn read(text: &str) -> Result<Table, NoTable> {
    let json: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| NoTable::BrokenJson(error.to_string()))?;
    match json {
        Value::Array(list) => objects(&list),
        Value::Object(object) => match object.get("muster") {
            Some(version) if version.as_u64() == Some(1) => own(&object),
            Some(_) => Err(NoTable::Newer),
            None => {
                let mut lists = object.values().filter_map(Value::as_array);
                match (lists.next(), lists.next()) {
                    (Some(list), None) => objects(list),
                    _ => Err(NoTable::OtherJson),
                }
            }
        },
        _ => Err(NoTable::OtherJson),
    }
}

fn objects(list: &[Value]) -> Result<Table, NoTable> {
    if list.is_empty() {
        return Err(NoTable::Empty);
    }
    if list.len() > MOST_ROWS {
        return Err(NoTable::TooLong);
    }
    let mut names: Vec<&str> = Vec::new();
    for one in list {
        let object = one.as_object().ok_or(NoTable::OtherJson)?;
        for name in object.keys() {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        if names.len() > MOST_COLUMNS {
            return Err(NoTable::OtherJson);
        }
    }
    let mut table = Table::new(Unit::Entry);
    table.row(0);
    names.iter().for_each(|name| table.push_as_is(name));
    table.end_row();
    for (number, one) in (1..).zip(list) {
        table.row(number);
        for name in &names {
            table.push_as_is(&said(one.get(name)));
        }
        table.end_row();
    }
    Ok(table)
}

/// Muster's own file: a row for each membership, and one for a group in which nobody is. A group of which the
/// file does not say who is in it has a row that ends before.
fn own(object: &Map<String, Value>) -> Result<Table, NoTable> {
    let groups = object
        .get("groups")
        .and_then(Value::as_array)
        .ok_or(NoTable::OtherJson)?;
    let mut table = Table::new(Unit::Entry);
    table.made = Made::Here;
    table.from = Some(said(object.get("connection"))).filter(|name| !name.is_empty());
    table.holds = Extent::said(object.get("part"));
    table.row(0);
    OWN.iter().for_each(|name| table.push_as_is(name));
    let mut number = 0;
    for group in groups {
        let about =
            ["key", "display_name", "description", "photo"].map(|name| said(group.get(name)));
        let people = group
            .get("people")
            .and_then(Value::as_array)
            .map(Vec::as_slice);
        let nobody = [Value::Null];
        let rows = match people {
            Some([]) | None => &nobody[..],
            Some(people) => people,
        };
        for person in rows {
            number += 1;
            table.row(number);
            about.iter().for_each(|cell| table.push_as_is(cell));
            if people.is_some() {
                for name in ["person", "name", "email", "roles", "joined"] {
                    table.push_as_is(&said(person.get(name)));
                }
            }
            table.end_row();
            if table.len() > MOST_ROWS {
                return Err(NoTable::TooLong);
            }
        }
    }
    Ok(table)
}

/// What a value says in a cell.
fn said(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => {
            let each: Vec<String> = list.iter().map(|one| said(Some(one))).collect();
            each.join("; ")
        }
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_objects_is_a_table() {
        let table = read(
            r#"[{"team":"Sales","user":"ann"},{"user":"bo","roles":["Admin","Member"],"id":7}]"#,
        )
        .unwrap();
        let row = |row| {
            (0..4)
                .map(|at| table.cell(row, at).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(row(0), ["team", "user", "id", "roles"]);
        assert_eq!(row(1), ["Sales", "ann", "", ""]);
        assert_eq!(row(2), ["", "bo", "7", "Admin; Member"]);
        assert_eq!((table.line(1), table.unit), (1, Unit::Entry));
        assert_eq!(read(r#"{"items":[{"a":1}]}"#).unwrap().len(), 2);
    }

    #[test]
    fn its_own_file_is_a_table_of_memberships() {
        let table = read(
            r#"{"muster":1,"connection":"acme","groups":[
                {"key":"sales","display_name":"Sales","people":[{"person":"ann","roles":["admin"]},{"person":"'=x"}]},
                {"key":"empty","display_name":"Empty","people":[]},
                {"key":"unsaid","display_name":"Unsaid"}]}"#,
        )
        .unwrap();
        assert_eq!(table.made, Made::Here);
        assert_eq!(table.len(), 5);
        assert_eq!((table.cell(1, 4), table.cell(1, 7)), ("ann", "admin"));
        assert_eq!(table.cell(2, 4), "'=x");
        assert_eq!((table.width(3), table.width(4)), (9, 4));
    }

    #[test]
    fn what_is_neither_says_so() {
        assert!(matches!(read("[{"), Err(NoTable::BrokenJson(why)) if why.contains("line 1")));
        assert_eq!(read("[1]"), Err(NoTable::OtherJson));
        assert_eq!(read("[]"), Err(NoTable::Empty));
        assert_eq!(read(r#"{"muster":2}"#), Err(NoTable::Newer));
        assert_eq!(read(r#"{"muster":1}"#), Err(NoTable::OtherJson));
        assert!(read(&"[".repeat(100_000)).is_err());
        assert!(
            looks_like_json(" [ {") && looks_like_json("{\"a") && !looks_like_json("[Team A],x")
        );
    }
}
