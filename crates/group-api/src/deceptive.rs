//! Names that deceive: characters that nobody sees, that turn the direction of what stands around them,
//! and letters of one script among those of another that look the same.
//!
//! A few ranges instead of Unicode's tables: they say what is a trick in a name, not what each character is.
//! What is ordinary spelling stays plain: accents, emoji put together of several, the joiners of Arabic and
//! Indian scripts, Japanese with its three scripts and Latin among them, a name wholly in Cyrillic.

/// From the first to the last.
type Range = (char, char);

/// Whether a character is in one of some ranges.
fn within(ranges: &[Range], c: char) -> bool {
    ranges
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&c))
}

/// What is not seen, or changes the direction of what stands around it; not tabs and line ends.
const UNSEEN: &[Range] = &[
    ('\0', '\x08'),
    ('\x0b', '\x0c'),
    ('\x0e', '\x1f'),
    ('\x7f', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Pictures that others are joined to, or that have a form in colour.
const PICTURES: &[Range] = &[
    ('©', '©'),
    ('®', '®'),
    ('‼', '⁉'),
    ('™', 'ℹ'),
    ('\u{2190}', '\u{21ff}'),
    ('\u{2300}', '\u{27bf}'),
    ('\u{2900}', '\u{2bff}'),
    ('〰', '〽'),
    ('㊗', '㊙'),
    ('\u{1f000}', '\u{1faff}'),
];

/// What Chinese and Japanese are written with.
const CHINESE: &[Range] = &[
    ('\u{2e80}', '\u{2fdf}'),
    ('\u{3005}', '\u{30ff}'),
    ('\u{3400}', '\u{9fff}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{20000}', '\u{3ffff}'),
];

/// Digits and marks: a word goes on with them.
const WITHIN_WORDS: &[Range] = &[
    ('0', '9'),
    ('\u{300}', '\u{36f}'),
    ('\u{483}', '\u{489}'),
    ('\u{1ab0}', '\u{1aff}'),
    ('\u{1dc0}', '\u{1dff}'),
    ('\u{20d0}', '\u{20ff}'),
];

/// An alphabet with letters that look like those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Latin.
    Latin,
    /// Greek, and Coptic, which is Greek's with more letters.
    Greek,
    /// Cyrillic.
    Cyrillic,
    /// Armenian.
    Armenian,
    /// Georgian.
    Georgian,
    /// Cherokee.
    Cherokee,
    /// Lisu, whose letters are Latin capitals and those turned.
    Lisu,
    /// Latin as wide as Chinese characters.
    FullWidth,
    /// Latin and Greek as signs of formulas.
    Mathematical,
}

/// Where the letters of each stand.
const LETTERS: &[(Script, &[Range])] = &[
    (
        Script::Latin,
        &[
            ('A', 'Z'),
            ('a', 'z'),
            ('ª', 'ª'),
            ('º', 'º'),
            ('À', 'Ö'),
            ('Ø', 'ö'),
            ('ø', '\u{2af}'),
            ('\u{1d00}', '\u{1dbf}'),
            ('\u{1e00}', '\u{1eff}'),
            ('\u{2c60}', '\u{2c7f}'),
            ('\u{a722}', '\u{a7ff}'),
            ('\u{ab30}', '\u{ab6f}'),
            ('\u{fb00}', '\u{fb06}'),
        ],
    ),
    (
        Script::Greek,
        &[
            ('\u{370}', '\u{3ff}'),
            ('\u{1f00}', '\u{1fff}'),
            ('\u{2c80}', '\u{2cff}'),
        ],
    ),
    (
        Script::Cyrillic,
        &[
            ('\u{400}', '\u{52f}'),
            ('\u{1c80}', '\u{1c8f}'),
            ('\u{a640}', '\u{a69f}'),
        ],
    ),
    (
        Script::Armenian,
        &[('\u{531}', '\u{588}'), ('\u{fb13}', '\u{fb17}')],
    ),
    (
        Script::Georgian,
        &[
            ('\u{10a0}', '\u{10ff}'),
            ('\u{1c90}', '\u{1cbf}'),
            ('\u{2d00}', '\u{2d2f}'),
        ],
    ),
    (
        Script::Cherokee,
        &[('\u{13a0}', '\u{13ff}'), ('\u{ab70}', '\u{abbf}')],
    ),
    (Script::Lisu, &[('\u{a4d0}', '\u{a4ff}')]),
    (
        Script::FullWidth,
        &[('\u{ff21}', '\u{ff3a}'), ('\u{ff41}', '\u{ff5a}')],
    ),
    (Script::Mathematical, &[('\u{1d400}', '\u{1d7cb}')]),
];

/// Letters of Cyrillic and Greek that cannot be told from those of Latin.
const LATIN_TO_THE_EYE: &str = "асеорхуіјѕһӏԁԛԝАВЕКМНОРСТХУІЈЅӀΑΒΕΖΗΙΚΜΝΟΡΤΥΧο";

impl Script {
    /// What it is called, within a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Latin => "Latin",
            Self::Greek => "Greek",
            Self::Cyrillic => "Cyrillic",
            Self::Armenian => "Armenian",
            Self::Georgian => "Georgian",
            Self::Cherokee => "Cherokee",
            Self::Lisu => "Lisu",
            Self::FullWidth => "full-width Latin",
            Self::Mathematical => "mathematical signs",
        }
    }

    /// The script of a letter; none for what belongs to no such alphabet.
    fn of(c: char) -> Option<Self> {
        let found = LETTERS.iter().find(|(_, ranges)| within(ranges, c));
        found.map(|(script, _)| *script)
    }
}

/// What is wrong with a part of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deceit {
    /// One character that is not seen, or that looks like a space and is another, or a space where none is seen.
    Unseen(char),
    /// Letters of this script in a word of another.
    Letters(Script),
}

/// A part of a name, plain or to be marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<'a> {
    /// The part.
    pub text: &'a str,
    /// What is wrong with it, if something is.
    pub deceit: Option<Deceit>,
}

/// Whether a name holds nothing but printable ASCII, letters of Latin and common punctuation, with single spaces
/// between. It holds nothing that deceives then; another may, and [`runs`] says whether. Cheap, for it is asked of
/// every name that is painted.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    let mut before = ' ';
    let plain = name.chars().all(|c| {
        let shows = c != ' ' || before != ' ';
        before = c;
        shows && matches!(c, ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{24f}' | '\u{2010}'..='\u{2027}')
    });
    plain && (before != ' ' || name.is_empty())
}

/// Whether a character is not seen, or changes the direction of what stands around it.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    !matches!(c, ' '..='~') && within(UNSEEN, c)
}

/// Whether such a character is ordinary spelling between these two.
fn is_spelling(before: char, c: char, after: char) -> bool {
    // From Arabic to Sinhala: there it decides how letters are joined.
    let joined = |c: char| matches!(c, '\u{620}'..='\u{dff}');
    let picture = |c| within(PICTURES, c);
    match c {
        '\u{200c}' | '\u{200d}' if joined(before) => joined(after),
        '\u{200d}' => (picture(before) || before == '\u{fe0f}') && picture(after),
        // Chinese characters of which a name has one form and no other.
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => within(CHINESE, before),
        '\u{fe0e}' | '\u{fe0f}' => {
            picture(before) || matches!(before, '#'..='9') && after == '\u{20e3}'
        }
        '\u{180b}'..='\u{180f}' => matches!(before, '\u{1820}'..='\u{18aa}'),
        _ => false,
    }
}

/// Calls for each character of a text, with where it stands and with those beside it; nothing is beside the first and the
/// last.
fn each(text: &str, call: &mut dyn FnMut(usize, char, char, char)) {
    let (mut before, mut chars) = ('\0', text.chars());
    let mut at = 0;
    while let Some(c) = chars.next() {
        let after = chars.clone().next().unwrap_or_default();
        call(at, before, c, after);
        before = c;
        at += c.len_utf8();
    }
}

/// A character's number: `U+202E`.
#[must_use]
pub fn code_of(c: char) -> String {
    let mut out = "U+".to_owned();
    for place in (0..6).rev() {
        let rest = u32::from(c) >> (4 * place);
        // Four digits at least.
        if place < 4 || rest > 0 {
            let digit = char::from_digit(rest & 15, 16).unwrap_or_default();
            out.push(digit.to_ascii_uppercase());
        }
    }
    out
}

/// A text with all characters made visible that are not seen or turn directions: `Sales[U+202E]`. None where it holds
/// none. For every text that is shown, names or not: tabs, line ends and all kinds of spaces stay.
#[must_use]
pub fn visible(text: &str) -> Option<String> {
    if !text.chars().any(is_unseen) {
        return None;
    }
    let mut out = String::new();
    let mut some = false;
    each(text, &mut |_, before, c, after| {
        if is_unseen(c) && !is_spelling(before, c, after) {
            some = true;
            out.push('[');
            out.push_str(&code_of(c));
            out.push(']');
        } else {
            out.push(c);
        }
    });
    some.then_some(out)
}

/// What an unseen character is called.
#[must_use]
pub const fn unseen_words(c: char) -> &'static str {
    match c {
        ' ' => "space at an end or beside another",
        '\t' => "tab",
        '\n' | '\r' | '\u{85}' => "line end",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{a0}' => "no-break space",
        '\u{3000}' => "ideographic space",
        '\u{ad}' => "soft hyphen",
        '\u{34f}' => "combining grapheme joiner",
        '\u{61c}' => "Arabic letter mark",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "Hangul filler",
        '\u{200b}' => "zero-width space",
        '\u{200c}' => "zero-width non-joiner",
        '\u{200d}' => "zero-width joiner",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' => "right-to-left mark",
        '\u{202a}' => "left-to-right embedding",
        '\u{202b}' => "right-to-left embedding",
        '\u{202c}' => "pop directional formatting",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{2060}' => "word joiner",
        '\u{2061}'..='\u{2064}' => "invisible operator",
        '\u{2066}' => "left-to-right isolate",
        '\u{2067}' => "right-to-left isolate",
        '\u{2068}' => "first strong isolate",
        '\u{2069}' => "pop directional isolate",
        '\u{2800}' => "blank braille pattern",
        '\u{feff}' => "byte order mark",
        '\u{180b}'..='\u{180d}'
        | '\u{180f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{e0100}'..='\u{e01ef}' => "variation selector",
        '\u{e0000}'..='\u{e007f}' => "tag character",
        '\0'..='\x1f' | '\x7f'..='\u{9f}' => "control character",
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => "unusual space",
        _ => "invisible character",
    }
}

/// Whether a character is not seen where it stands in a name. `outside`: nothing but spaces before or after.
fn hides(before: char, c: char, after: char, outside: bool) -> bool {
    match c {
        ' ' => outside || before.is_whitespace(),
        // In Japanese it stands between names as a space does in Latin.
        '\u{3000}' => !(within(CHINESE, before) && within(CHINESE, after)),
        _ => c.is_whitespace() || is_unseen(c) && !is_spelling(before, c, after),
    }
}

/// Whether a word goes on with a character that is no letter of an alphabet.
fn goes_on(c: char) -> bool {
    is_unseen(c) || within(WITHIN_WORDS, c)
}

/// The script at home in a word: that of most of its letters, of as many that which is told first, Latin before all.
fn home_of(word: &str) -> Script {
    let count = |script| {
        word.chars()
            .filter(|c| Script::of(*c) == Some(script))
            .count()
    };
    let mut home = (Script::Latin, 0);
    for (script, _) in LETTERS {
        let count = count(*script);
        // Signs of formulas are Latin and Greek in another form, and at home in no name.
        if count > home.1 && *script != Script::Mathematical {
            home = (*script, count);
        }
    }
    home.0
}

/// The words of a name, by where each ends: letters of alphabets with what goes on; what stands between them counts as
/// words too.
fn words_of(name: &str) -> Vec<&str> {
    let in_word = |c: char| Script::of(c).is_some() || goes_on(c);
    let (mut words, mut from, mut was) = (Vec::new(), 0, false);
    for (at, c) in name.char_indices() {
        let is = in_word(c);
        if is != was {
            words.push(name.get(from..at).unwrap_or_default());
            (from, was) = (at, is);
        }
    }
    words.push(name.get(from..).unwrap_or_default());
    words
}

/// Cuts a name into what is plain and what is to be marked. The parts in a row are the name.
#[must_use]
pub fn runs(name: &str) -> Vec<Run<'_>> {
    let has = |script: Script, not_latin: bool| {
        name.chars()
            .any(|c| Script::of(c) == Some(script) && !(not_latin && LATIN_TO_THE_EYE.contains(c)))
    };
    // Where the word ends that a character is of, and the script at home in it.
    let mut homes = Vec::new();
    let mut end = 0;
    for word in words_of(name) {
        let mut home = home_of(word);
        // A word that could be Latin letter by letter, beside words of Latin: it is taken for one of them, unless
        // other words of its script show what it is.
        if matches!(home, Script::Greek | Script::Cyrillic)
            && has(Script::Latin, false)
            && !has(home, true)
        {
            home = Script::Latin;
        }
        end += word.len();
        homes.push((end, home));
    }
    let mut homes = homes.into_iter().peekable();
    let lead = name.len() - name.trim_start().len();
    let trail = name.trim_end().len();
    let mut cuts: Vec<(usize, Option<Deceit>)> = Vec::new();
    each(name, &mut |at, before, c, after| {
        while homes.next_if(|(end, _)| *end <= at).is_some() {}
        let home = homes.peek().map_or(Script::Latin, |(_, home)| *home);
        let deceit = if hides(before, c, after, at < lead || at >= trail) {
            Some(Deceit::Unseen(c))
        } else {
            let script = Script::of(c).filter(|script| *script != home);
            script.map(Deceit::Letters)
        };
        let goes_with = match cuts.last() {
            // Unseen characters are told one by one.
            Some((_, Some(Deceit::Unseen(_)))) | None => false,
            // The accent of a letter belongs to it.
            Some((_, Some(Deceit::Letters(_)))) if deceit.is_none() => goes_on(c) && !c.is_ascii(),
            Some((_, last)) => *last == deceit,
        };
        if !goes_with {
            cuts.push((at, deceit));
        }
    });
    let ends = cuts.iter().skip(1).map(|(at, _)| *at);
    let ends: Vec<usize> = ends.chain([name.len()]).collect();
    let run = |((from, deceit), to): (&(usize, Option<Deceit>), usize)| Run {
        text: name.get(*from..to).unwrap_or_default(),
        deceit: *deceit,
    };
    cuts.iter().zip(ends).map(run).collect()
}

/// How many unseen characters are named in a sentence.
const NAMED: usize = 3;

/// What is wrong with a name, to go on after "This name": that it holds what cannot be seen, or mixes what looks alike.
#[must_use]
pub fn doubt(name: &str) -> Option<String> {
    if is_plain(name) {
        return None;
    }
    let (mut unseen, mut mixes) = (Vec::new(), false);
    for run in runs(name) {
        match run.deceit {
            Some(Deceit::Unseen(c)) if !unseen.contains(&c) => unseen.push(c),
            Some(Deceit::Letters(_)) => mixes = true,
            _ => {}
        }
    }
    let mut words = String::new();
    for (place, c) in unseen.iter().take(NAMED).enumerate() {
        words.push_str(if place == 0 {
            "holds characters that cannot be seen ("
        } else {
            ", "
        });
        words.push_str(&code_of(*c));
        words.push(' ');
        words.push_str(unseen_words(*c));
    }
    if unseen.len() > NAMED {
        words.push_str(&format!(", and {} more", unseen.len() - NAMED));
    }
    if !unseen.is_empty() {
        words.push_str(if mixes { "), and " } else { ")" });
    }
    if mixes {
        let held = |script: &Script| name.chars().any(|c| Script::of(c) == Some(*script));
        let scripts: Vec<&str> = LETTERS
            .iter()
            .map(|(script, _)| *script)
            .filter(held)
            .map(Script::label)
            .collect();
        match scripts.split_last() {
            Some((last, first @ [_, ..])) => words.push_str(&format!(
                "mixes letters of {} and {last}, which look alike",
                first.join(", ")
            )),
            _ => words.push_str(&format!(
                "is written in {}, which look like letters",
                scripts.concat()
            )),
        }
    }
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The name with what is marked in brackets: unseen characters by their numbers, letters as they are.
    fn marked(name: &str) -> String {
        let mark = |run: &Run<'_>| match run.deceit {
            None => run.text.to_owned(),
            Some(Deceit::Unseen(c)) => format!("[{}]", code_of(c)),
            Some(Deceit::Letters(script)) => format!("[{} {}]", script.label(), run.text),
        };
        runs(name).iter().map(mark).collect()
    }

    #[test]
    fn ordinary_names_have_no_mark() {
        for name in [
            "",
            "Sales",
            "PE Prod Data (EU) – read",
            "Équipe Île-de-France",
            "Zoë O’Brien",
            "e\u{301}quipe",
            "Команда",
            "Команда EU",
            "команда_eu",
            "Отдел А",
            "Ομάδα",
            "Ομάδα EU",
            "Team α",
            "β-Tester",
            "Հայաստան",
            "ქართული",
            "東京オフィスABC",
            "NTT東日本のSales",
            "山田\u{3000}太郎",
            "ＮＴＴ東日本",
            "葛\u{e0100}城",
            "서울 팀",
            "Team👩\u{200d}💻",
            "👩🏽\u{200d}🚀 Space",
            "❤\u{fe0f} Care",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3} First",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "שלום",
            "فريق",
            "ทีมIT",
            "日本語Кириллица", // no word of both alphabets
        ] {
            assert_eq!(marked(name), name);
            assert_eq!(doubt(name), None, "{name}");
            assert_eq!(visible(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_not_seen_is_told_by_number() {
        for (name, expected) in [
            ("Sales\u{200b}", "Sales[U+200B]"),
            ("Sa\u{ad}les", "Sa[U+00AD]les"),
            ("\u{feff}Sales", "[U+FEFF]Sales"),
            ("Sa\u{200d}les", "Sa[U+200D]les"),
            ("Sales\u{fe0f}", "Sales[U+FE0F]"),
            ("❤\u{fe0f}\u{fe0f}", "❤\u{fe0f}[U+FE0F]"),
            ("👩\u{200d}", "👩[U+200D]"),
            ("Sales\u{e0041}\u{e0042}", "Sales[U+E0041][U+E0042]"),
            ("Sales\u{3164}", "Sales[U+3164]"),
            ("\u{2800}", "[U+2800]"),
            ("a\u{2060}b\u{2063}c", "a[U+2060]b[U+2063]c"),
            ("a\u{0}b\u{7f}c\u{9b}d", "a[U+0000]b[U+007F]c[U+009B]d"),
            ("a\u{2028}b", "a[U+2028]b"),
            ("a\nb\tc", "a[U+000A]b[U+0009]c"),
            ("Sa\u{34f}les", "Sa[U+034F]les"),
            ("بو\u{200c}b", "بو[U+200C]b"),
            ("葛\u{fe0f}", "葛[U+FE0F]"),
        ] {
            assert_eq!(marked(name), expected);
            assert!(doubt(name).is_some_and(|doubt| {
                doubt.starts_with("holds characters that cannot be seen (U+")
            }));
        }
    }

    #[test]
    fn spaces_that_do_not_show_are_told() {
        for (name, expected) in [
            (" Sales", "[U+0020]Sales"),
            ("Sales ", "Sales[U+0020]"),
            ("Sales  EU", "Sales [U+0020]EU"),
            ("Sales   ", "Sales[U+0020][U+0020][U+0020]"),
            ("Sales\u{a0}EU", "Sales[U+00A0]EU"),
            ("Sales\u{a0} EU", "Sales[U+00A0][U+0020]EU"),
            ("Sales\u{202f}EU", "Sales[U+202F]EU"),
            ("Sales\u{3000}EU", "Sales[U+3000]EU"),
            ("山田\u{3000}", "山田[U+3000]"),
            (" ", "[U+0020]"),
        ] {
            assert_eq!(marked(name), expected);
            assert!(!is_plain(name), "{name:?}");
        }
    }

    #[test]
    fn what_turns_directions_is_told() {
        for (c, words) in [
            ('\u{61c}', "Arabic letter mark"),
            ('\u{200e}', "left-to-right mark"),
            ('\u{200f}', "right-to-left mark"),
            ('\u{202a}', "left-to-right embedding"),
            ('\u{202b}', "right-to-left embedding"),
            ('\u{202c}', "pop directional formatting"),
            ('\u{202d}', "left-to-right override"),
            ('\u{202e}', "right-to-left override"),
            ('\u{2066}', "left-to-right isolate"),
            ('\u{2067}', "right-to-left isolate"),
            ('\u{2068}', "first strong isolate"),
            ('\u{2069}', "pop directional isolate"),
        ] {
            let (name, code) = (format!("a{c}b"), code_of(c));
            assert_eq!(marked(&name), format!("a[{code}]b"));
            assert_eq!(visible(&name), Some(format!("a[{code}]b")));
            assert_eq!(
                doubt(&name),
                Some(format!(
                    "holds characters that cannot be seen ({code} {words})"
                ))
            );
        }
    }

    #[test]
    fn letters_of_another_script_in_a_word_are_marked() {
        for (name, expected) in [
            ("Sаles", "S[Cyrillic а]les"),
            ("раypаl", "[Cyrillic ра]yp[Cyrillic а]l"),
            ("Отдeл", "Отд[Latin e]л"),
            ("аb", "[Cyrillic а]b"),
            ("Gοοgle", "G[Greek οο]gle"),
            ("Tеаm2 EU", "T[Cyrillic еа]m2 EU"),
            ("Տales", "[Armenian Տ]ales"),
            ("Ꭺdmin", "[Cherokee Ꭺ]dmin"),
            ("ꓮdmin", "[Lisu ꓮ]dmin"),
            ("Ａdmin", "[full-width Latin Ａ]dmin"),
            ("𝖺dmin", "[mathematical signs 𝖺]dmin"),
            ("𝖺𝖽𝗆𝗂𝗇", "[mathematical signs 𝖺𝖽𝗆𝗂𝗇]"),
            ("Sа\u{301}les", "S[Cyrillic а\u{301}]les"),
            ("S\u{200b}аles", "S[U+200B][Cyrillic а]les"),
            ("x_аb", "x_[Cyrillic а]b"),
            // Word by word it could be Latin, and what stands beside it is.
            ("Sales сор", "Sales [Cyrillic сор]"),
            ("Team А", "Team [Cyrillic А]"),
            ("Sales ΟΚ", "Sales [Greek ΟΚ]"),
        ] {
            assert_eq!(marked(name), expected);
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn the_sentence_says_what_and_how_many() {
        let doubt = |name| doubt(name).unwrap_or_default();
        assert_eq!(
            doubt("Sаles"),
            "mixes letters of Latin and Cyrillic, which look alike"
        );
        assert_eq!(
            doubt("Sаles Gοοgle"),
            "mixes letters of Latin, Greek and Cyrillic, which look alike"
        );
        assert_eq!(
            doubt("𝖺𝖽"),
            "is written in mathematical signs, which look like letters"
        );
        assert_eq!(
            doubt("\u{200b}Sаles\u{200b}"),
            "holds characters that cannot be seen (U+200B zero-width space), and mixes letters of Latin and Cyrillic, which look alike"
        );
        assert_eq!(
            doubt("\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}"),
            "holds characters that cannot be seen (U+200B zero-width space, U+200C zero-width non-joiner, U+200D zero-width joiner, and 2 more)"
        );
    }

    #[test]
    fn any_text_is_made_visible_but_for_its_spaces() {
        assert_eq!(visible("12\u{202f}000 people\tof\r\nmany\u{a0}"), None);
        assert_eq!(
            visible("Delete \u{202e}selaS\u{202c}?").as_deref(),
            Some("Delete [U+202E]selaS[U+202C]?")
        );
        assert_eq!(visible("\u{feff}").as_deref(), Some("[U+FEFF]"));
        assert_eq!(visible(""), None);
    }

    #[test]
    fn every_character_is_coped_with() {
        // Where there are ranges; the rest is of no alphabet and seen.
        let some = ('\0'..='\u{ffff}').chain('\u{1bc00}'..='\u{1faff}');
        for c in some.chain('\u{dfff0}'..='\u{e1000}') {
            let name = format!("a{c}");
            assert!(runs(&name).iter().map(|run| run.text).eq_by_text(&name));
            if is_unseen(c) {
                assert!(!is_plain(&name), "{c:?}");
                assert!(visible(&name).is_some(), "{c:?}");
                assert_ne!(unseen_words(c), "", "{c:?}");
            }
            // What is cheaply found plain is plain.
            if is_plain(&name) {
                assert_eq!(doubt_of_runs(&name), 0, "{c:?}");
            }
        }
    }

    trait EqByText<'a>: Iterator<Item = &'a str> + Sized {
        fn eq_by_text(self, text: &str) -> bool {
            self.collect::<String>() == text
        }
    }
    impl<'a, I: Iterator<Item = &'a str>> EqByText<'a> for I {}

    fn doubt_of_runs(name: &str) -> usize {
        runs(name).iter().filter(|run| run.deceit.is_some()).count()
    }

    fn odd() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            prop_oneof![
                any::<char>(),
                (0x20_u8..0x7f).prop_map(char::from),
                proptest::sample::select(
                    "  аеоΑΟԛ\u{200b}\u{200d}\u{202e}\u{2066}\u{fe0f}\u{3000}\u{a0}👩💻🏽東ア\u{301}ＡՏ𝖺\u{e0041}"
                        .chars()
                        .collect::<Vec<_>>()
                ),
            ],
            0..24,
        )
        .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn the_parts_are_the_name(name in odd()) {
            let all = runs(&name);
            let whole: String = all.iter().map(|run| run.text).collect();
            prop_assert_eq!(&whole, &name);
            prop_assert!(all.iter().all(|run| !run.text.is_empty()));
            for run in &all {
                if let Some(Deceit::Unseen(c)) = run.deceit {
                    prop_assert_eq!(run.text, c.to_string());
                }
            }
            // No two plain parts in a row, and the sentence is there where a mark is.
            prop_assert!(all.windows(2).all(|two| two.iter().any(|run| run.deceit.is_some())));
            prop_assert_eq!(doubt(&name).is_some(), all.iter().any(|run| run.deceit.is_some()));
        }

        #[test]
        fn nothing_unseen_is_left(name in odd()) {
            let seen = visible(&name).unwrap_or_else(|| name.clone());
            prop_assert_eq!(visible(&seen), None);
            let left = seen.contains(['\u{202e}', '\u{2066}', '\u{200b}']);
            prop_assert!(!left);
            // What is plain in a name is shown as it is.
            for run in runs(&name).iter().filter(|run| run.deceit.is_none()) {
                prop_assert_eq!(visible(run.text), None);
            }
        }

        #[test]
        fn plain_ascii_has_no_mark(name in "[!-~]{0,12}( [!-~]{1,12}){0,3}") {
            prop_assert!(is_plain(name.trim_start()));
            prop_assert_eq!(doubt_of_runs(name.trim_start()), 0);
        }

        #[test]
        fn what_is_cheaply_plain_is_plain(name in "[ -~\u{a1}-\u{24f}\u{2010}-\u{2027}]{0,24}") {
            if is_plain(&name) {
                prop_assert_eq!(doubt_of_runs(&name), 0);
                prop_assert_eq!(visible(&name), None);
            }
        }
    }
}
