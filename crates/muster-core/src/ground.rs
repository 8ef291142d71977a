//! One field of a form over something that others may change too: what was typed, against what the server
//! showed when it was begun and what it shows by now.
//!
//! What nobody typed in follows the server. What both changed is a clash and waits for an answer; everything
//! else is merged without a question.

/// What a field was filled from, and what the server shows by now if that is something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    shown: String,
    theirs: Option<String>,
}

/// What a fresh read means for a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Nothing: the server shows what it showed, or what was typed.
    Nothing,
    /// Nobody typed here, and the server shows this now.
    Fill(String),
    /// Both changed it. What the server shows is [`Ground::theirs`].
    Clash,
}

/// Which of two texts is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What the server shows.
    Theirs,
    /// What was typed.
    Mine,
}

impl Ground {
    /// A field filled with what the server shows.
    #[must_use]
    pub const fn new(shown: String) -> Self {
        Self {
            shown,
            theirs: None,
        }
    }

    /// What the server showed when the field was filled, or when the user was last asked.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What the server shows by now, where it clashes with what was typed.
    #[must_use]
    pub fn theirs(&self) -> Option<&str> {
        self.theirs.as_deref()
    }

    /// Whether something else stands there than what the field was filled with. White space around a text
    /// is not sent, so it does not count.
    #[must_use]
    pub fn is_touched(&self, typed: &str) -> bool {
        typed.trim() != self.shown.trim()
    }

    /// What is to be sent: the text, where it is another than the server showed.
    #[must_use]
    pub fn edit(&self, typed: &str) -> Option<String> {
        self.is_touched(typed).then(|| typed.trim().to_owned())
    }

    /// Takes in what the server shows now.
    pub fn learn(&mut self, typed: &str, now: &str) -> News {
        if !self.is_touched(typed) {
            self.theirs = None;
            let news = self.shown != now;
            now.clone_into(&mut self.shown);
            return if news {
                News::Fill(now.to_owned())
            } else {
                News::Nothing
            };
        }
        if now == self.shown || now.trim() == typed.trim() {
            self.theirs = None;
            now.clone_into(&mut self.shown);
            return News::Nothing;
        }
        self.theirs = Some(now.to_owned());
        News::Clash
    }

    /// Settles a clash; gives what is to stand in the field if that is theirs.
    pub fn settle(&mut self, choice: Choice) -> Option<String> {
        let theirs = self.theirs.take()?;
        self.shown.clone_from(&theirs);
        match choice {
            Choice::Theirs => Some(theirs),
            Choice::Mine => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_nobody_typed_in_follows_the_server() {
        let mut ground = Ground::new("Sales".to_owned());
        assert_eq!(ground.learn("Sales", "Sales"), News::Nothing);
        assert_eq!(
            ground.learn("Sales", "Sales EU"),
            News::Fill("Sales EU".to_owned())
        );
        assert_eq!(ground.edit("Sales EU"), None);
    }

    #[test]
    fn what_was_typed_stays_while_the_server_shows_the_same() {
        let mut ground = Ground::new("Sales".to_owned());
        assert_eq!(ground.learn("Sales US", "Sales"), News::Nothing);
        assert_eq!(ground.edit(" Sales US "), Some("Sales US".to_owned()));
    }

    #[test]
    fn what_both_changed_waits_for_an_answer() {
        let clash = || {
            let mut ground = Ground::new("Sales".to_owned());
            assert_eq!(ground.learn("Sales US", "Sales EU"), News::Clash);
            assert_eq!(ground.theirs(), Some("Sales EU"));
            ground
        };
        let mut theirs = clash();
        assert_eq!(theirs.settle(Choice::Theirs), Some("Sales EU".to_owned()));
        assert_eq!(theirs.edit("Sales EU"), None);
        let mut mine = clash();
        assert_eq!(mine.settle(Choice::Mine), None);
        assert_eq!(mine.edit("Sales US"), Some("Sales US".to_owned()));
        // It was answered: the same is not asked again, and another change is.
        assert_eq!(mine.learn("Sales US", "Sales EU"), News::Nothing);
        assert_eq!(mine.learn("Sales US", "Sales APAC"), News::Clash);
    }

    #[test]
    fn a_clash_ends_when_the_server_goes_back_or_both_mean_the_same() {
        let mut ground = Ground::new("Sales".to_owned());
        assert_eq!(ground.learn("Sales US", "Sales EU"), News::Clash);
        assert_eq!(ground.learn("Sales US", "Sales"), News::Nothing);
        assert_eq!(ground.theirs(), None);
        assert_eq!(ground.learn("Sales US", "Sales US"), News::Nothing);
        assert_eq!(ground.edit("Sales US"), None);
    }

    proptest! {
        /// Whatever comes in whatever order: a text that the user has not seen is never overwritten without
        /// a question, and what the user typed is never replaced.
        #[test]
        fn nothing_is_overwritten_unseen(steps in proptest::collection::vec((0usize..3, "[ab ]{0,2}"), 1..20)) {
            let mut ground = Ground::new(String::new());
            let (mut typed, mut server, mut seen) = (String::new(), String::new(), String::new());
            for (what, text) in steps {
                match what {
                    0 => typed = text,
                    1 => {
                        server = text;
                        let touched = ground.is_touched(&typed);
                        match ground.learn(&typed, &server) {
                            News::Fill(now) => {
                                prop_assert!(!touched);
                                typed.clone_from(&now);
                                seen = now;
                            }
                            News::Nothing => prop_assert!(server == seen || server.trim() == typed.trim() || !touched),
                            News::Clash => prop_assert_eq!(ground.theirs(), Some(server.as_str())),
                        }
                        if ground.theirs().is_none() { seen.clone_from(&server); }
                    }
                    _ => if ground.theirs().is_some() {
                        seen.clone_from(&server);
                        if let Some(theirs) = ground.settle(Choice::Theirs) { typed = theirs; }
                    },
                }
                if ground.theirs().is_none() && ground.edit(&typed).is_some() {
                    // What may be sent now goes over a text that was shown.
                    prop_assert_eq!(ground.shown(), seen.as_str());
                }
            }
        }
    }
}
