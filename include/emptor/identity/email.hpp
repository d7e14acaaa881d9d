#pragma once
// E-mail addresses in the one form by which they are compared.
//
// Syntax: the practical part of RFC 5321 and 5322 (no comments, no address literals), with the
// dirt of real files: display names, "mailto:", blanks around @, full-width characters, "[at]".
// What providers ignore is taken away: dots and +tags at Gmail, -tags at Yahoo, names of one and
// the same mailbox at another domain (googlemail.com; me.com and icloud.com). Domains are kept as
// they are written, folded (no Punycode is decoded).
//
// Cost: linear, about 100 ns; nothing is allocated once the strings of `out` have their room.
// Thread safety: pure functions.

#include <string>
#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/identity/field_state.hpp"
#include "emptor/identity/placeholder.hpp"

namespace emptor {

struct EmailOptions {
  bool provider_rules = true;                  ///< dots, tags and second domains of known providers
  bool plus_tags = true;                       ///< +tags at every other domain, too
  const Placeholders* placeholders = nullptr;  ///< null: the standard ones
};

struct EmailAddress {
  std::string address;  ///< local, at sign, domain; or the folded text when malformed
  std::string local;   ///< without what the provider ignores; when malformed, all before the last @
  std::string domain;  ///< of the provider; when malformed, all behind the last @
  std::string tag;     ///< what was taken away as a tag, without its sign
  bool role = false;   ///< a function, not a person: info@, sales@, office@
  bool public_provider = false;  ///< anyone gets an address there: the domain tells nothing

  EMPTOR_API void clear() noexcept;
  friend bool operator==(const EmailAddress&, const EmailAddress&) = default;
};

/// Placeholder: noreply@ and its like, test@test.com, a@a.com, anything at example.com, numbers
/// that nobody was given (123456@), and texts that is_placeholder knows.
EMPTOR_API FieldState normalise_email(std::string_view raw, EmailAddress& out,
                                      const EmailOptions& options = {});

}  // namespace emptor
