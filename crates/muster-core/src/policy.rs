//! When a read that failed is sent again. Writes never are: a lost answer is settled by a read.

use group_api::ApiError;

/// How long a connection may stay silent before a request is given up, in milliseconds. Silence
/// counts and not duration: a long list on a slow line is healthy.
pub const QUIET_MS: u32 = 15_000;

/// After how many milliseconds to send a read again that failed `attempt` times before (0: it has
/// just failed for the first time), or `None` to tell the user. `jitter` is any number from 0 to 1:
/// it keeps many tabs from coming back at once.
#[must_use]
pub fn retry_after_ms(attempt: u32, error: &ApiError, jitter: f64) -> Option<u32> {
    if attempt >= 2 {
        return None;
    }
    let wait = match error {
        ApiError::NoConnection
        | ApiError::ServerFault {
            status: 502..=504, ..
        } => 300 << (attempt * 2),
        // A short pause is waited for; a long one is the user's to decide.
        ApiError::RateLimited {
            retry_after: Some(seconds @ 0..=5),
        } => seconds * 1000,
        _ => return None,
    };
    let spread = f64::from(wait / 4) * jitter.clamp(0.0, 1.0);
    // The spread is between 0 and a quarter of a wait of seconds: it fits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Some(wait + spread as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_retried_twice_with_growing_pauses() {
        assert_eq!(retry_after_ms(0, &ApiError::NoConnection, 0.0), Some(300));
        assert_eq!(retry_after_ms(1, &ApiError::NoConnection, 0.0), Some(1200));
        assert_eq!(retry_after_ms(1, &ApiError::NoConnection, 1.0), Some(1500));
        assert_eq!(retry_after_ms(2, &ApiError::NoConnection, 0.0), None);
    }

    #[test]
    fn what_a_second_try_cannot_mend_is_told_at_once() {
        for error in [
            ApiError::NotSignedIn(None),
            ApiError::NotFound(None),
            ApiError::TimedOut { seconds: 15 },
            ApiError::ServerFault {
                status: 500,
                words: None,
            },
            ApiError::RateLimited {
                retry_after: Some(60),
            },
            ApiError::Cancelled,
        ] {
            assert_eq!(retry_after_ms(0, &error, 0.5), None, "{error:?}");
        }
        assert_eq!(
            retry_after_ms(
                0,
                &ApiError::RateLimited {
                    retry_after: Some(2)
                },
                0.0
            ),
            Some(2000)
        );
    }
}
