#pragma once
// Who knows whom, from a CSV file of two columns of customer keys.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/links.hpp"

namespace storefront {

/// What became of the file's rows: `kept` and the counts after it add up to `rows`.
struct LinksQuality {
  std::uint64_t rows = 0;
  std::uint64_t kept = 0;
  std::uint64_t repeated = 0;  ///< said before, in either order
  std::uint64_t unknown = 0;   ///< a key of no customer with an order
  std::uint64_t selves = 0;    ///< a customer and the same customer
  std::uint64_t unsound = 0;   ///< not two fields, or not readable
};

struct LinksFile {
  emptor::Links links;  ///< mutual
  LinksQuality quality;
};

/// Whose a key is, below the number of customers; none: nobody's.
using CustomerOfKey = std::function<std::optional<emptor::Customer>(std::string_view)>;

/// Reads the file's first two columns; further ones are not looked at. Its first line is a header.
/// Errors: those of CsvReader; `invalid_value` for a file of fewer than two columns.
[[nodiscard]] emptor::Result<LinksFile> read_links(const std::string& path, std::size_t customers,
                                                   const CustomerOfKey& customer_of);

}  // namespace storefront
