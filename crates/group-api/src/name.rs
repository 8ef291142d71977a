//! The contracts' rules for names, in words, and the internal name proposed from a display name.

use crate::capability::Field;
use group_bytes::fold;

/// What is wrong with one field of a form, as a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field it stands beside.
    pub field: Field,
    /// The sentence.
    pub why: String,
}

/// Checks an Instabase internal name (`[A-Za-z0-9_]`, 3 to 100 characters: contract, "Create a
/// Group").
///
/// # Errors
/// The reason, in words.
pub(crate) fn check_internal_name(text: &str) -> Result<(), String> {
    if let Some(odd) = text
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || *c == '_'))
    {
        let shown = if odd == ' ' {
            "a space".to_owned()
        } else {
            format!("“{odd}”")
        };
        return Err(format!(
            "Use only letters A to Z, digits and underscores; {shown} cannot stand in it."
        ));
    }
    check_length(text, 3, 100)
}

/// Checks that a text has so many characters (not bytes).
///
/// # Errors
/// The reason, in words.
pub(crate) fn check_length(text: &str, least: usize, most: usize) -> Result<(), String> {
    let count = text.chars().count();
    if count < least {
        return Err(format!(
            "Use at least {least} characters; this has {count}."
        ));
    }
    if count > most {
        return Err(format!("Use at most {most} characters; this has {count}."));
    }
    Ok(())
}

/// Checks the address of a photo: empty, or an `https:` or `http:` address. What a page may do with
/// an address of another kind is not the server's to say.
///
/// # Errors
/// The reason, in words.
pub(crate) fn check_photo(text: &str) -> Result<(), String> {
    let lower = text.trim().to_ascii_lowercase();
    let after = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    match after {
        Some(rest) if !rest.is_empty() && !lower.contains(char::is_whitespace) => Ok(()),
        None if lower.is_empty() => Ok(()),
        _ => Err("Give a whole address that begins with https://, or leave it empty.".to_owned()),
    }
}

/// Proposes an internal name for a display name: accents dropped, lower case, everything else an
/// underscore, at most 100 characters. It may still be too short to be valid.
#[must_use]
pub fn propose_internal_name(display_name: &str) -> String {
    let mut out = String::new();
    for c in fold(display_name).chars() {
        if out.len() == 100 {
            break;
        }
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rules_of_the_contract_with_their_reasons() {
        assert_eq!(check_internal_name("eng_group"), Ok(()));
        assert_eq!(check_internal_name("Eng_2"), Ok(()));
        assert_eq!(check_internal_name(&"a".repeat(100)), Ok(()));
        assert_eq!(
            check_internal_name("ab").unwrap_err(),
            "Use at least 3 characters; this has 2."
        );
        assert_eq!(
            check_internal_name(&"a".repeat(101)).unwrap_err(),
            "Use at most 100 characters; this has 101."
        );
        assert!(
            check_internal_name("eng group")
                .unwrap_err()
                .contains("a space")
        );
        assert!(check_internal_name("équipe").unwrap_err().contains("“é”"));
        assert!(check_internal_name("a-b").unwrap_err().contains("“-”"));
    }

    #[test]
    fn characters_count_and_not_bytes() {
        assert_eq!(check_length("äöü", 3, 255), Ok(()));
        assert_eq!(check_length(&"é".repeat(255), 3, 255), Ok(()));
        assert!(check_length(&"é".repeat(256), 3, 255).is_err());
    }

    #[test]
    fn a_photo_is_an_address() {
        assert_eq!(check_photo(""), Ok(()));
        assert_eq!(check_photo("https://photo.jpg"), Ok(()));
        assert!(check_photo("javascript:alert(1)").is_err());
        assert!(check_photo("photo.jpg").is_err());
        assert!(check_photo("https://").is_err());
    }

    #[test]
    fn an_internal_name_is_proposed() {
        assert_eq!(
            propose_internal_name("PE Prod Data – EU (Read)"),
            "pe_prod_data_eu_read"
        );
        assert_eq!(propose_internal_name("  Équipe Paris  "), "equipe_paris");
        assert_eq!(propose_internal_name("Привет"), "");
    }

    proptest! {
        #[test]
        fn a_proposal_breaks_no_rule_but_length(text in ".{0,200}") {
            let name = propose_internal_name(&text);
            prop_assert!(name.len() <= 100);
            prop_assert!(name.len() < 3 || check_internal_name(&name).is_ok());
        }
    }
}
