#pragma once
// How people and machines write values, and how they slip. A typo changes the text, unless it is
// empty, and valid UTF-8 stays valid. Thread safety: pure functions.

#include <cstdint>
#include <string>

#include "identity/generator_words.hpp"

namespace emptor::detail::generator {

/// One slip of a keyboard: a key beside the right one, one left out, doubled or exchanged with the
/// next; with `scanned`, mostly what a scanner mistakes (0 for O, rn for m, 1 for l). A Chinese
/// character becomes another of the same sound.
void add_typo(std::string& value, bool scanned, const GeneratorWords& words, RandomStream& random);

/// One digit wrong, or two neighbours exchanged. Unchanged if there is no digit.
void add_digit_typo(std::string& value, RandomStream& random);

/// Letters of U+00C0 to U+017F as ASCII; with `german`, ä ö ü become ae oe ue and ß becomes ss.
void strip_marks(std::string& value, bool german);

/// ASCII letters alone.
void make_upper(std::string& value);
void make_lower(std::string& value);

/// Appends the number with zeros before it up to `width` digits.
void append_padded_number(std::string& out, std::uint64_t value, unsigned width);

}  // namespace emptor::detail::generator
