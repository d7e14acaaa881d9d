#pragma once
// Postal addresses taken to pieces, well enough to compare them: not a post office's parser.
//
// Lines such as "123 E Main St, Las Vegas NV 89132-0001", "Flat 2, 18 Danver Place, Loughborough,
// LE11 1UU", "Ansbacher Straße 23, 56422 Düsseldorf", "10 rue de la Paix 75002 Paris" or
// "广东省深圳市南山区科苑路15号3栋2单元501室" by rules and tables: words for kinds of streets in
// one spelling (street, str., straße: st), units, house numbers, postcodes (US, GB, CA, DE, FR, AU,
// SG, IN, CN …), regions and countries as codes. All folded, accents removed ("ß" is "ss", "ü" is
// "u"). What no rule knows stays a token and counts as part of the street, building or city where
// it stands.
//
// Cost: linear, about 400 ns; nothing is allocated once the strings of `out` have their room. Of
// longer texts the first 64 tokens are looked at. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/identity/field_state.hpp"
#include "emptor/identity/placeholder.hpp"

namespace emptor {

struct AddressOptions {
  std::string_view default_country{};  ///< ISO 3166, where the text names none; "": left open
  const Placeholders* placeholders = nullptr;  ///< null: the standard ones
};

enum class AddressPart : std::uint8_t {
  house_number,
  unit,       ///< flat, suite, floor, room, 栋 单元 室
  street,     ///< its name
  type,       ///< its kind: st, rd, ave, 路
  direction,  ///< n, s, e, w, ne …
  building,   ///< names before the street, second lines
  district,   ///< between street and city; 区 县
  city,
  region,  ///< state, province, 省
  postcode,
  country,
  box,  ///< "po" "box"
};

struct AddressToken {
  std::uint32_t begin = 0;  ///< in PostalAddress::text
  std::uint16_t size = 0;
  AddressPart part = AddressPart::street;

  friend bool operator==(const AddressToken&, const AddressToken&) = default;
};

/// The parts are their tokens with blanks between, "" where there is none.
struct PostalAddress {
  std::string text;  ///< all tokens in their order
  std::vector<AddressToken> tokens;
  std::string house_number;  ///< a post-office box's number, too
  std::string unit;
  std::string street;
  std::string street_type;
  std::string direction;
  std::string building;
  std::string district;
  std::string city;
  std::string region;
  std::string postcode;  ///< "le11 1uu", "m1s 1t4", "89132"
  std::string country;   ///< ISO 3166 in lower case where it is known, else as written

  [[nodiscard]] std::string_view token(std::size_t i) const noexcept {
    return std::string_view(text).substr(tokens[i].begin, tokens[i].size);
  }
  EMPTOR_API void clear() noexcept;
  friend bool operator==(const PostalAddress&, const PostalAddress&) = default;
};

/// An address that stands in several columns; any of them may be empty, and each may hold more
/// than its name says (a whole address in line1 is taken to pieces; with a second line, no city is
/// sought in the lines).
struct AddressFields {
  std::string_view house_number{};
  std::string_view line1{};
  std::string_view line2{};
  std::string_view city{};
  std::string_view region{};
  std::string_view postcode{};
  std::string_view country{};
};

/// Malformed: neither street nor city nor postcode.
EMPTOR_API FieldState normalise_address(std::string_view raw, PostalAddress& out,
                                        const AddressOptions& options = {});
EMPTOR_API FieldState normalise_address(const AddressFields& raw, PostalAddress& out,
                                        const AddressOptions& options = {});

/// A postcode that stands alone, in the form of PostalAddress::postcode.
EMPTOR_API FieldState normalise_postcode(std::string_view raw, std::string& out);

}  // namespace emptor
