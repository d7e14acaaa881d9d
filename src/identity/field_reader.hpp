#pragma once
// One raw value of a field to the text by which it is compared. Keeps its room between calls; for
// one thread.

#include <string>
#include <string_view>

#include "emptor/identity/address.hpp"
#include "emptor/identity/date.hpp"
#include "emptor/identity/email.hpp"
#include "emptor/identity/field_state.hpp"
#include "emptor/identity/identifier.hpp"
#include "emptor/identity/link_schema.hpp"
#include "emptor/identity/name.hpp"
#include "emptor/identity/nicknames.hpp"
#include "emptor/identity/phone.hpp"

namespace emptor::detail {

struct NameTexts {
  std::string given, family;  ///< Latin form, and after a tab what was written if that differs
  std::string words;          ///< all names, Latin forms too
};

struct FieldTexts {
  std::string text;      ///< empty unless usable
  std::string postcode;  ///< of an address in one line, as its city
  std::string city;
};

class FieldReader {
 public:
  /// Throws `invalid_option` for a country that no phone numbers are known of. Borrows `nicknames`.
  FieldReader(std::string_view country, const Nicknames& nicknames)
      : nicknames_(nicknames), country_(country) {
    FieldState ignored{};
    read(FieldType::phone, "5", ignored);
  }

  const NameTexts& name(FieldType type, std::string_view raw, FieldState& state);
  const FieldTexts& read(FieldType type, std::string_view raw, FieldState& state);

  /// How ambiguous dates are read from now on.
  void set_reading(DateReading reading) noexcept { reading_ = reading; }

 private:
  FieldState read_text(std::string_view raw);
  FieldState read_place(std::string_view raw);
  FieldState read_date(std::string_view raw);
  FieldState read_phone(std::string_view raw);
  FieldState read_address(std::string_view raw);
  FieldState read_region(FieldType type, std::string_view raw);
  FieldState read_gender(std::string_view raw);
  FieldState read_list(std::string_view raw);
  FieldState read_identifier(IdentifierKind kind, std::string_view raw);
  FieldState read_organisation(std::string_view raw);

  const Nicknames& nicknames_;
  NameTexts names_;
  FieldTexts texts_;
  PersonName name_;
  EmailAddress email_;
  PhoneNumber phone_;
  PostalAddress address_;
  NormalisedIdentifier identifier_;
  std::string folded_;
  std::string country_;
  DateReading reading_ = DateReading::automatic;
};

}  // namespace emptor::detail
