#pragma once
// Where each column's values go, and the room in which they are normalised.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/identity/compared_records.hpp"
#include "identity/field_reader.hpp"

namespace emptor {

namespace detail {
inline constexpr std::size_t no_place = static_cast<std::size_t>(-1);
}

struct ComparedRecords::Reader {
  Reader(std::string_view the_country, const Nicknames& nicknames)
      : country(the_country), fields(the_country, nicknames) {}

  struct Column {
    std::size_t column = 0;  // of the records
    FieldType type{};
    std::size_t comparison = detail::no_place;
    DateReading reading = DateReading::automatic;
  };

  std::vector<Column> columns;
  std::size_t source = detail::no_place;
  std::size_t given = detail::no_place, family = detail::no_place, postcode = detail::no_place,
              city = detail::no_place;
  std::string country;
  detail::FieldReader fields;
  std::vector<std::uint32_t> tokens;

  /// A value of the records in work that is to be looked up.
  struct Staged {
    std::size_t comparison = detail::no_place;  // no_place: a name token
    std::size_t begin = 0, size = 0;            // in `texts`
    std::uint32_t hint = 0;
    std::optional<Value> value{};
  };
  std::string texts;
  std::vector<Staged> staged;
  std::vector<std::size_t> staged_ends;  // of each record in work

  void stage(std::size_t comparison, std::string_view value, std::uint32_t hint) {
    staged.push_back(
        {.comparison = comparison, .begin = texts.size(), .size = value.size(), .hint = hint});
    texts.append(value);
  }
  [[nodiscard]] std::string_view text(const Staged& value) const noexcept {
    return std::string_view(texts).substr(value.begin, value.size);
  }

  /// Whether 3/4/1971 is in March or in April, by what else stands in the column.
  void learn_date_readings(const Records& records) {
    for (Column& column : columns) {
      if (column.type != FieldType::birth_date) continue;
      DateReadingVote vote;
      PartialDate date;
      for (std::size_t row = 0; row < records.size(); ++row) {
        const std::string_view raw = records.value(id_at<Record>(row), column.column);
        if (normalise_date(raw, date) == FieldState::usable) vote.add(date);
      }
      column.reading = vote.result();
    }
  }

  /// Puts the code into the first free slot of the comparison; false if it is there already.
  [[nodiscard]] static bool put(const Comparison& comparison, std::uint32_t* codes,
                                std::uint32_t code) {
    std::uint32_t* slot = codes + comparison.first_slot;
    for (std::size_t i = 0; i < comparison.slots; ++i) {
      if (slot[i] == code) return false;
      if (slot[i] != 0) continue;
      slot[i] = code;
      return true;
    }
    return false;
  }
  [[nodiscard]] static bool full(const Comparison& comparison, const std::uint32_t* codes) {
    return codes[comparison.first_slot + comparison.slots - 1U] != 0;
  }
};

}  // namespace emptor
