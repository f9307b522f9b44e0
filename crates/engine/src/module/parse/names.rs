// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Function names of the custom section "name" (core specification, appendix "Custom Sections"). They only decorate messages:
//! whatever is wrong with them is ignored.

use wasmparser::{CustomSectionReader, KnownCustom, Name, NameMap};

use super::{
    fallible::{push, string},
    limits::{NAMES_BYTES, NAME_BYTES},
    Sections,
};
use crate::error::CompileError;

/// Reads the section if it is called "name" and nothing was read before. Only a failed allocation is an error.
pub fn read(to: &mut Sections, section: &CustomSectionReader<'_>) -> Result<(), CompileError> {
    if section.name() != "name" || !to.names.is_empty() {
        return Ok(());
    }
    let KnownCustom::Name(subsections) = section.as_known() else {
        return Ok(());
    };
    for subsection in subsections {
        match subsection {
            Ok(Name::Function(map)) if to.names.is_empty() => functions(to, map)?,
            Ok(_) => {}
            Err(_) => break,
        }
    }
    to.names.sort_unstable_by_key(|(index, _)| *index);
    to.names.dedup_by_key(|(index, _)| *index);
    Ok(())
}

fn functions(to: &mut Sections, map: NameMap<'_>) -> Result<(), CompileError> {
    let known = to.functions.len();
    let mut room = NAMES_BYTES;
    for naming in map {
        let Ok(naming) = naming else {
            break;
        };
        let name = cut(naming.name);
        // Each index once: no more names than functions are ever held.
        if naming.index as usize >= known || to.names.len() >= known {
            continue;
        }
        room = match room.checked_sub(name.len()) {
            Some(room) => room,
            None => break,
        };
        push(&mut to.names, (naming.index, string(name)?))?;
    }
    Ok(())
}

/// The first [`NAME_BYTES`] of a name, whole characters only.
fn cut(name: &str) -> &str {
    let end = (0..=NAME_BYTES.min(name.len()))
        .rev()
        .find(|end| name.is_char_boundary(*end));
    name.get(..end.unwrap_or(0)).unwrap_or("")
}
