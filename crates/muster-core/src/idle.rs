//! When somebody has been away for so long that they are signed out.
//!
//! By the clock and not by what a timer has counted: a machine that slept, a tab that was frozen and one that was
//! closed meanwhile come to the same answer.

/// After how many minutes, where somebody wants it.
pub const IDLE_MINUTES: [u32; 4] = [5, 15, 30, 60];

/// How long before the end it is told, in milliseconds.
const WARNING_MS: f64 = 60_000.0;

/// How somebody's absence stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Absence {
    /// Not long enough; it need not be looked at for so many milliseconds.
    Short(f64),
    /// It ends in so many milliseconds, and has to be told.
    Told(f64),
    /// The time has passed.
    Over,
}

/// How it stands `now`, when something was done last at `last`; both in milliseconds since 1970.
#[must_use]
pub fn absence(minutes: u32, last: f64, now: f64) -> Absence {
    // A clock that was set back is no reason to stay for as long as it was set.
    let left = f64::from(minutes) * 60_000.0 - (now - last).max(0.0);
    if left <= 0.0 {
        Absence::Over
    } else if left <= WARNING_MS {
        Absence::Told(left)
    } else {
        Absence::Short(left - WARNING_MS)
    }
}

/// What is left, in whole steps of five seconds: a number that changes each second says no more, and does not rest.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 5 and 60
pub fn seconds_left(left: f64) -> u32 {
    (left / 5_000.0).ceil().clamp(1.0, 12.0) as u32 * 5
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: f64 = 60_000.0;

    #[test]
    fn it_is_told_a_minute_before_the_end() {
        assert_eq!(absence(5, 0.0, 0.0), Absence::Short(4.0 * MINUTE));
        assert_eq!(absence(5, 0.0, 3.0 * MINUTE), Absence::Short(MINUTE));
        assert_eq!(absence(5, 0.0, 4.0 * MINUTE - 1.0), Absence::Short(1.0));
        assert_eq!(absence(5, 0.0, 4.0 * MINUTE), Absence::Told(MINUTE));
        assert_eq!(absence(5, 0.0, 5.0 * MINUTE - 1.0), Absence::Told(1.0));
        assert_eq!(absence(5, 0.0, 5.0 * MINUTE), Absence::Over);
        assert_eq!(absence(60, 0.0, 24.0 * 60.0 * MINUTE), Absence::Over);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_lengthen_it() {
        assert_eq!(
            absence(15, 90.0 * MINUTE, 0.0),
            Absence::Short(14.0 * MINUTE)
        );
    }

    #[test]
    fn what_is_left_is_told_in_steps() {
        assert_eq!(seconds_left(MINUTE), 60);
        assert_eq!(seconds_left(55_001.0), 60);
        assert_eq!(seconds_left(55_000.0), 55);
        assert_eq!(seconds_left(1.0), 5);
        assert_eq!(seconds_left(-1.0), 5);
        assert_eq!(seconds_left(f64::NAN), 0);
    }

    proptest! {
        #[test]
        fn looking_again_when_it_says_misses_nothing(
            minutes in proptest::sample::select(&IDLE_MINUTES),
            away in 0..7_200_000_u32,
        ) {
            let away = f64::from(away);
            match absence(minutes, 0.0, away) {
                Absence::Short(wait) => {
                    prop_assert!(wait > 0.0);
                    prop_assert!(matches!(absence(minutes, 0.0, away + wait), Absence::Told(_)));
                }
                Absence::Told(left) => {
                    prop_assert!((0.0..=WARNING_MS).contains(&left));
                    prop_assert!(matches!(seconds_left(left), 5..=60));
                    prop_assert_eq!(absence(minutes, 0.0, away + left + 1.0), Absence::Over);
                }
                Absence::Over => prop_assert!(away >= f64::from(minutes) * MINUTE),
            }
        }
    }
}
