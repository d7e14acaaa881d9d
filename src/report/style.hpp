#pragma once
// The style sheet and the script of a report page, and fingerprints for its content security
// policy. Internal to the room.

#include <string>
#include <string_view>

namespace emptor::detail {

/// Style of the page, charts included.
[[nodiscard]] const std::string& page_style();

/// Sorts tables and switches light and dark; the page reads the same without it. Holds no '<' and
/// no '&', so that the page is well-formed XML as well.
[[nodiscard]] std::string_view page_script();

/// SHA-256 in base64, as a content security policy names what may run.
[[nodiscard]] std::string fingerprint(std::string_view content);

}  // namespace emptor::detail
