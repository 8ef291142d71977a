//! Which columns of a pasted table hold the people and their roles.

use group_api::fold;

use super::cells::{Cell, Cut, cells, is_blank, line_ends};
use super::piece::bare;

/// Words for a column of people, the surest first: what names a person on a system, their addresses,
/// what may be what they are called.
const PEOPLE: [&[&str]; 3] = [
    &[
        "username",
        "user",
        "users",
        "userid",
        "uid",
        "login",
        "loginname",
        "account",
        "accountname",
        "samaccountname",
        "upn",
        "userprincipalname",
        "benutzer",
        "benutzername",
        "kennung",
        "utilisateur",
        "usuario",
    ],
    &[
        "email",
        "emails",
        "mail",
        "emailaddress",
        "mailaddress",
        "emailadresse",
        "mailadresse",
        "adressemail",
        "courriel",
        "correo",
    ],
    &[
        "name",
        "names",
        "fullname",
        "displayname",
        "member",
        "members",
        "person",
        "people",
        "mitglied",
        "nom",
        "nombre",
    ],
];
const ROLES: &[&str] = &[
    "role",
    "roles",
    "memberrole",
    "grouprole",
    "rolle",
    "accesslevel",
    "permission",
    "rol",
];

/// The first line of a table, as far as it says what is what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The line it is.
    pub line: u32,
    /// What stands over the column of people.
    pub people: String,
    /// What stands over the column of roles, if there is one.
    pub roles: Option<String>,
    /// What stands over the columns that are not used.
    pub unused: Vec<String>,
}

/// How a text is to be read as a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) cut: Cut,
    /// The row of the heading, or none.
    pub(super) heading: Option<(u32, Heading)>,
    pub(super) people: u32,
    pub(super) roles: Option<u32>,
    /// What the people are called beside their key.
    pub(super) labels: Option<u32>,
}

/// How sure a word is to stand over people: 0 is the surest.
fn people_rank(word: &str) -> Option<usize> {
    PEOPLE.iter().position(|words| words.contains(&word))
}

/// What a heading's word stands over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// People: 0 where it is surest that the word names them as their system does, 1 their addresses, 2 what
    /// may be what they are called.
    People(usize),
    /// Roles.
    Roles,
}

/// What a heading stands over, as far as its word tells.
#[must_use]
pub fn over(heading: &str) -> Option<Over> {
    let word = letters(heading);
    if ROLES.contains(&word.as_str()) {
        return Some(Over::Roles);
    }
    people_rank(&word).map(Over::People)
}

/// A heading's letters and digits, folded.
#[must_use]
pub fn letters(text: &str) -> String {
    let mut folded = fold(bare(text));
    folded.retain(|c| c.is_ascii_alphanumeric());
    folded
}

/// Whether a text could be taken for a heading if it stood in the first line.
fn looks_like_heading(text: &str) -> bool {
    people_rank(&letters(text)).is_some()
}

/// Finds out whether a text begins with a heading.
pub(super) fn find_heading(text: &str) -> Option<Table> {
    let skipped = text.len() - text.trim_start_matches(is_blank).len();
    let begins = text.get(skipped..)?;
    let (first, more) = begins.split_once(['\n', '\r'])?;
    if more.chars().all(is_blank) || first.contains(['@', '<']) {
        return None;
    }
    // Blank cells before it count: the row begins where its line does.
    let row = text
        .get(..skipped)?
        .rfind(['\n', '\r'])
        .map_or(0, |at| at + 1);
    let line = text.get(row..skipped + first.len())?;
    let mut heading = Heading {
        line: 1 + line_ends(text.get(..row)?),
        people: String::new(),
        roles: None,
        unused: Vec::new(),
    };
    let number = heading.line - 1;
    let cut = ['\t', ';', ',']
        .into_iter()
        .find(|separator| line.contains(*separator));
    let Some(separator) = cut else {
        bare(line).clone_into(&mut heading.people);
        return looks_like_heading(line).then_some(Table {
            cut: Cut::List,
            heading: Some((number, heading)),
            people: 0,
            roles: None,
            labels: None,
        });
    };
    let titles: Vec<(u32, String, &str)> = cells(line, Cut::Table(separator))
        .into_iter()
        .filter_map(|cell| {
            let title = bare(line.get(cell.start..cell.end)?);
            Some((cell.place, letters(title), title))
        })
        .filter(|(_, _, title)| !title.is_empty())
        .collect();
    let best = (0..PEOPLE.len()).find_map(|rank| {
        titles
            .iter()
            .find(|(_, word, _)| people_rank(word) == Some(rank))
    });
    let (people, _, title) = best?;
    let roles = titles
        .iter()
        .find(|(_, word, _)| ROLES.contains(&word.as_str()));
    let labels = titles
        .iter()
        .find(|(place, word, _)| place != people && people_rank(word) == Some(PEOPLE.len() - 1));
    let used = |place: u32| {
        [Some(people), roles.map(|r| &r.0), labels.map(|l| &l.0)].contains(&Some(&place))
    };
    (*title).clone_into(&mut heading.people);
    heading.roles = roles.map(|(_, _, title)| (*title).to_owned());
    heading.unused = titles
        .iter()
        .filter(|(place, _, _)| !used(*place))
        .map(|(_, _, title)| (*title).to_owned())
        .collect();
    Some(Table {
        cut: Cut::Table(separator),
        heading: Some((number, heading)),
        people: *people,
        roles: roles.map(|(place, _, _)| *place),
        labels: labels.map(|(place, _, _)| *place),
    })
}

/// Finds out whether a text without a heading is two columns, the second of roles.
pub(super) fn find_roles(text: &str, is_role: &dyn Fn(&str) -> bool) -> Option<Table> {
    ['\t', ';', ','].into_iter().find_map(|separator| {
        if !text.contains(separator) {
            return None;
        }
        let cells = cells(text, Cut::Table(separator));
        let mut rows = 0;
        let all = rows_of(&cells).all(|row| {
            let said = |cell: &Cell| bare(text.get(cell.start..cell.end).unwrap_or_default());
            match row {
                [one] => said(one).is_empty(),
                [person, role] => {
                    rows += 1;
                    !said(person).is_empty() && is_role(said(role))
                }
                _ => false,
            }
        });
        // In one line, “ann, admin” may be two people.
        let enough = if separator == '\t' { 1 } else { 2 };
        (all && rows >= enough).then_some(Table {
            cut: Cut::Table(separator),
            heading: None,
            people: 0,
            roles: Some(1),
            labels: None,
        })
    })
}

/// The cells of each row.
pub(super) fn rows_of(cells: &[Cell]) -> impl Iterator<Item = &[Cell]> {
    cells.chunk_by(|a, b| a.row == b.row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surest_column_is_taken() {
        let found = |text| {
            let table = find_heading(text)?;
            Some((table.people, table.roles, table.labels))
        };
        assert_eq!(
            found("Name,E-Mail,Role\nx,y,z"),
            Some((1, Some(2), Some(0)))
        );
        assert_eq!(found("Name;User name;Dept\nx"), Some((1, None, Some(0))));
        assert_eq!(
            found("\u{feff}\"E-Mail address\"\tRolle\r\nx"),
            Some((0, Some(1), None))
        );
        assert_eq!(found("\tuser\nx"), Some((1, None, None)));
        assert_eq!(found("User\nann"), Some((0, None, None)));
        assert_eq!(found("User"), None);
        assert_eq!(found("User\n \n"), None);
        assert_eq!(found("ann, bo\ncy"), None);
        assert_eq!(found("user, ann@x.org\ncy"), None);
    }

    #[test]
    fn it_says_what_it_took() {
        let (row, heading) = find_heading("\n\nDept;E-Mail;Role;Since\nx")
            .unwrap()
            .heading
            .unwrap();
        assert_eq!((row, heading.line), (2, 3));
        assert_eq!(heading.people, "E-Mail");
        assert_eq!(heading.roles.as_deref(), Some("Role"));
        assert_eq!(heading.unused, ["Dept", "Since"]);
    }

    #[test]
    fn roles_in_a_second_column_without_a_heading() {
        let is_role = |word: &str| word == "Admin" || word == "Member";
        let found = |text| find_roles(text, &is_role).map(|table| table.cut);
        assert_eq!(found("ann\tAdmin"), Some(Cut::Table('\t')));
        assert_eq!(found("ann,Admin\n\nbo , Member\n"), Some(Cut::Table(',')));
        assert_eq!(found("ann,Admin"), None);
        assert_eq!(found("ann\tbo"), None);
        assert_eq!(found("ann"), None);
    }
}
