//! Starts Muster in the page.
#![forbid(unsafe_code)]

fn main() {
    muster::start();
}
