//! Instants as the systems print them.

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_unix_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// Reads any RFC 3339 form: `T`, `t` or a space between date and time, any number of decimals,
    /// `Z`, `z` or a numeric offset; years 0000 to 9999; a leap second counts as the second after.
    /// `None` for anything else: a time is shown or it is not, and never guessed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let year = digits(bytes, 0, 4)?;
        let month = digits(bytes, 5, 2)?;
        let day = digits(bytes, 8, 2)?;
        let (hour, minute, second) = (
            digits(bytes, 11, 2)?,
            digits(bytes, 14, 2)?,
            digits(bytes, 17, 2)?,
        );
        let at = |i: usize| bytes.get(i).copied();
        let punctuated = at(4)? == b'-'
            && at(7)? == b'-'
            && matches!(at(10)?, b'T' | b't' | b' ')
            && at(13)? == b':'
            && at(16)? == b':';
        let in_range = (1..=12).contains(&month)
            && day >= 1
            && day <= days_in(year, month)
            && hour < 24
            && minute < 60
            && second <= 60;
        if !punctuated || !in_range {
            return None;
        }
        let mut rest = bytes.get(19..)?;
        let mut ms = 0;
        if let Some(decimals) = rest.strip_prefix(b".") {
            let count = decimals.iter().take_while(|b| b.is_ascii_digit()).count();
            if count == 0 {
                return None;
            }
            for place in 0..3 {
                let digit = decimals
                    .get(place)
                    .filter(|_| place < count)
                    .map_or(0, |b| i64::from(b - b'0'));
                ms = ms * 10 + digit;
            }
            rest = decimals.get(count..)?;
        }
        let offset_minutes = match rest {
            b"Z" | b"z" => 0,
            [sign @ (b'+' | b'-'), offset @ ..]
                if offset.len() == 5 && offset.get(2) == Some(&b':') =>
            {
                let (hours, minutes) = (digits(offset, 0, 2)?, digits(offset, 3, 2)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let whole = hours * 60 + minutes;
                if *sign == b'-' { -whole } else { whole }
            }
            _ => return None,
        };
        let minutes =
            days_from_civil(year, month, day) * 1440 + hour * 60 + minute - offset_minutes;
        Some(Self((minutes * 60 + second) * 1000 + ms))
    }

    /// The same in RFC 3339, in UTC and to the millisecond: what [`Timestamp::parse`] reads. `None` before
    /// the year 0 and after 9999, which that form does not have.
    #[must_use]
    pub fn to_text(self) -> Option<String> {
        let (day, ms) = (self.0.div_euclid(DAY_MS), self.0.rem_euclid(DAY_MS));
        let (year, month, date) = civil_from_days(day);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        (0..=9999).contains(&year).then(|| {
            let mut text = String::with_capacity(24);
            for (number, digits, behind) in [
                (year, 4, '-'),
                (month, 2, '-'),
                (date, 2, 'T'),
                (hour, 2, ':'),
                (minute, 2, ':'),
                (second, 2, '.'),
                (ms % 1000, 3, 'Z'),
            ] {
                for place in (0..digits).rev() {
                    let digit = number / 10_i64.pow(place) % 10;
                    text.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
                }
                text.push(behind);
            }
            text
        })
    }
}

const DAY_MS: i64 = 86_400_000;

fn digits(bytes: &[u8], from: usize, count: usize) -> Option<i64> {
    let mut value = 0;
    for byte in bytes.get(from..from + count)? {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(value)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar, counting years from March so that the leap day
/// comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    365 * shifted_year + shifted_year.div_euclid(4) - shifted_year.div_euclid(100)
        + shifted_year.div_euclid(400)
        + day_of_year
        - 719_468
}

/// The other way round: year, month and day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ms(text: &str) -> Option<i64> {
        Timestamp::parse(text).map(Timestamp::unix_ms)
    }

    #[test]
    fn every_rfc3339_form_of_one_instant_is_the_same() {
        let expected = Some(1_759_139_357_000);
        for form in [
            "2025-09-29T09:49:17.000Z",
            "2025-09-29T09:49:17Z",
            "2025-09-29t09:49:17z",
            "2025-09-29 09:49:17Z",
            "2025-09-29T11:49:17+02:00",
            "2025-09-29T04:19:17.0-05:30",
        ] {
            assert_eq!(ms(form), expected, "{form}");
        }
        assert_eq!(ms("2025-09-29T09:49:17.1239Z"), Some(1_759_139_357_123));
        assert_eq!(ms("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(ms("1969-12-31T23:59:59Z"), Some(-1000));
        assert_eq!(ms("2000-02-29T00:00:00Z"), Some(951_782_400_000));
    }

    #[test]
    fn anything_else_is_no_time() {
        for form in [
            "",
            "2025-09-29",
            "2025-09-29T09:49:17",
            "2025-13-29T09:49:17Z",
            "2025-02-29T09:49:17Z",
            "2025-09-29T24:00:00Z",
            "2025-09-29T09:49:17.Z",
            "2025-09-29T09:49:17+0200",
            "2025-09-29T09:49:17Zx",
            "Mon, 29 Sep 2025",
        ] {
            assert_eq!(ms(form), None, "{form}");
        }
    }

    #[test]
    fn instants_are_written_as_they_are_read() {
        let text = |ms| Timestamp::from_unix_ms(ms).to_text();
        assert_eq!(text(0).as_deref(), Some("1970-01-01T00:00:00.000Z"));
        assert_eq!(text(-1).as_deref(), Some("1969-12-31T23:59:59.999Z"));
        assert_eq!(text(i64::MAX), None);
        assert_eq!(text(i64::MIN), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(ms in -62_167_219_200_000_i64..253_402_300_800_000) {
            let text = Timestamp::from_unix_ms(ms).to_text().unwrap();
            prop_assert_eq!(Timestamp::parse(&text), Some(Timestamp::from_unix_ms(ms)), "{}", text);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
