#pragma once
// What the columns of a table of records mean, which is all that linking needs to know to begin.
//
// A field names a column and says what stands in it; the type decides how values are normalised,
// which levels of agreement there are, which blocking keys they give, and on what they depend.
// Several fields of one type are alternatives (a mobile and a home phone): two records agree as
// well as their best two values do. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

class Nicknames;  // identity/nicknames.hpp
class Records;    // table/records.hpp

enum class FieldType : std::uint8_t {
  given_name,
  family_name,
  full_name,     ///< a whole name in one text, in either order; beside given and family names it
                 ///< gives further names to look for
  organisation,  ///< the name of a company or another body
  birth_date,    ///< any date that stays with a person
  email,
  phone,
  address,  ///< street, number, unit; or all of an address in one line
  postcode,
  city,         ///< city, town, suburb: depends on the postcode
  region,       ///< state or province: depends on the city
  country,      ///< depends on the region
  birth_place,  ///< a place that stays with a person
  gender,       ///< depends on the given name
  national_id,  ///< numbers of passports, licences, tax, social security: typed by people
  verified_id,  ///< a number that was checked: two different ones are two persons, always
  account,      ///< user, member or customer number, openid, unionid: no typing errors
  device,       ///< device or cookie: no typing errors, may be shared in a household
  category,     ///< few values, equal or not
  text,         ///< anything else in words: occupation, employer
  number,       ///< a decimal number
  location,     ///< "latitude,longitude" in degrees
  list,         ///< values separated by ';' or '|': agrees if one value is in both
};

/// "given_name".
[[nodiscard]] EMPTOR_API std::string_view name(FieldType type) noexcept;

struct LinkField {
  std::string column;  ///< a column's name in the records
  FieldType type = FieldType::text;
};

/// Most fields of a schema.
inline constexpr std::size_t max_fields = 20;

struct LinkSchema {
  std::vector<LinkField> fields{};               ///< at least one; a column may stand in several
  std::string source_column{};                   ///< where the record comes from; empty: one source
  std::shared_ptr<const Nicknames> nicknames{};  ///< null: `Nicknames::standard()`
  std::string country{};  ///< ISO 3166 ("GB") of phone numbers without +; empty: not known
};

/// Between which records links are looked for.
enum class LinkMode : std::uint8_t {
  dedupe_and_link,  ///< any two records
  link_only,        ///< records of different sources
  dedupe_only,      ///< records of one source
};

/// Throws `invalid_option` when the schema is empty or names a column that the records have not,
/// with the columns that there are.
EMPTOR_API void check_schema(const LinkSchema& schema, const Records& records);

}  // namespace emptor
