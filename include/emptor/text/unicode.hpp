#pragma once
// Texts in Unicode's own normal forms, for hosts whose data needs more than text/fold.hpp does:
// decomposed letters (NFD from file systems), compatibility forms of every script, full case
// folding. The optional component `unicode` (target emptor::unicode), on utf8proc; nothing else in
// emptor needs it. Apply it before a normaliser: normalise_name(nfkc_casefold(raw), name).
//
// Unicode Standard Annex 15, Unicode Normalization Forms; NFKC_Casefold of The Unicode Standard,
// section 3.13. Cost: linear, with an allocation or two a text. Thread safety: pure functions.

#include <string>
#include <string_view>

#include "emptor/core/export.hpp"

namespace emptor {

/// "Ａ" and "a" alike, "ﬁ" as "fi", "ß" as "ss", default-ignorable characters left out, composed.
/// Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] EMPTOR_API std::string nfkc_casefold(std::string_view text);

/// Composed: "e" and a combining acute accent are "é"; nothing else changes. Bytes that are no
/// UTF-8 become U+FFFD.
[[nodiscard]] EMPTOR_API std::string nfc(std::string_view text);

}  // namespace emptor
