#pragma once
// Raw values as the texts that are encoded: the same at two parties who never see each other's
// data, so nothing here depends on the other rows. Keeps its room between calls; for one thread.

#include <string>
#include <string_view>

#include "emptor/identity/address.hpp"
#include "emptor/identity/date.hpp"
#include "emptor/identity/email.hpp"
#include "emptor/identity/link_schema.hpp"
#include "emptor/identity/name.hpp"
#include "emptor/identity/nicknames.hpp"
#include "emptor/identity/phone.hpp"
#include "identity/folded_text.hpp"

namespace emptor::detail {

class BloomValues {
 public:
  /// Throws `invalid_option` for a country that no phone numbers are known of.
  BloomValues(const Nicknames& nicknames, std::string_view country, DateReading dates)
      : nicknames_(&nicknames), country_(country), dates_(dates) {
    (void)read(FieldType::phone, "5");
  }

  /// Given and family name in Latin letters where there are such, empty where not usable.
  struct Names {
    std::string_view given, family;
  };
  Names names(FieldType type, std::string_view raw) {
    const NamePart part = type == FieldType::given_name    ? NamePart::given
                          : type == FieldType::family_name ? NamePart::family
                                                           : NamePart::full;
    const NameOptions options{.part = part, .nicknames = nicknames_};
    if (normalise_name(raw, name_, options) != FieldState::usable) return {};
    return {name_.given_key(), name_.family_key()};
  }

  /// Empty for missing values and placeholders; malformed ones are compared as they are.
  std::string_view read(FieldType type, std::string_view raw) {
    text_.clear();
    switch (type) {
      case FieldType::birth_date:
        read_date(raw);
        break;
      case FieldType::email:
        if (tells(normalise_email(raw, email_))) text_ = email_.address;
        break;
      case FieldType::phone:
        if (tells(normalise_phone(raw, phone_, {.default_country = country_}))) {
          text_.assign(phone_.digits, phone_.digits.starts_with('+') ? 1 : 0);
        }
        break;
      case FieldType::address:
        if (tells(normalise_address(raw, address_))) text_ = address_.text;
        break;
      case FieldType::postcode:
        if (!tells(normalise_postcode(raw, text_))) text_.clear();
        break;
      case FieldType::region:
      case FieldType::country:
        read_region(type, raw);
        break;
      default:
        read_text(raw);
        break;
    }
    return text_;
  }

 private:
  static bool tells(FieldState state) noexcept {
    return state == FieldState::usable || state == FieldState::malformed;
  }
  void read_text(std::string_view raw) {
    fold_text(raw, text_, true);
    if (is_placeholder(text_)) text_.clear();
  }
  /// Eight digits.
  void read_date(std::string_view raw) {
    PartialDate date;
    if (!tells(normalise_date(raw, date))) return;
    PackedDate packed = pack_date(settled(date, dates_));
    if (packed == 0) return;
    if (is_ambiguous(packed)) packed = first_reading(packed);
    for (int shift = 28; shift >= 0; shift -= 4) {
      text_.push_back("0123456789abcdef"[packed >> shift & 0xFU]);
    }
  }
  /// As a code where it is known: "ohio" and "OH", "中国" and "CN".
  void read_region(FieldType type, std::string_view raw) {
    read_text(raw);
    if (text_.empty()) return;
    const bool region = type == FieldType::region;
    normalise_address(
        {.region = region ? raw : std::string_view{}, .country = region ? std::string_view{} : raw},
        address_);
    const std::string& code = region ? address_.region : address_.country;
    if (!code.empty()) text_ = code;
  }

  const Nicknames* nicknames_;
  PersonName name_;
  EmailAddress email_;
  PhoneNumber phone_;
  PostalAddress address_;
  std::string text_, country_;
  DateReading dates_;
};

}  // namespace emptor::detail
