//! Files of groups: the same however they are cut, and what was read is read again as it was from what is written of it.
#![no_main]

use group_api::Group;
use libfuzzer_sys::fuzz_target;
use muster_changes::file::{Nth, Reader, group, head, tail};

fn read(bytes: &[u8], piece: usize) -> Result<(String, Vec<Group>), String> {
    let mut reader = Reader::default();
    let mut groups = Vec::new();
    for piece in bytes.chunks(piece) {
        reader
            .feed(piece, &mut |group| groups.push(group))
            .map_err(|fault| fault.to_string())?;
    }
    let about = reader.finish().map_err(|fault| fault.to_string())?;
    Ok((head(&about), groups))
}

fuzz_target!(|data: &[u8]| {
    let [piece, bytes @ ..] = data else { return };
    let whole = read(bytes, bytes.len().max(1));
    let cut = read(bytes, usize::from(*piece) + 1);
    assert_eq!(whole, cut);
    if let Ok((begin, groups)) = whole {
        let mut text = begin;
        for (nth, one) in groups.iter().enumerate() {
            let nth = if nth == 0 { Nth::First } else { Nth::Later };
            group(&mut text, one, nth);
        }
        text.push_str(tail());
        assert_eq!(
            read(text.as_bytes(), 64).map(|(_, again)| again),
            Ok(groups),
            "{text}"
        );
    }
});
