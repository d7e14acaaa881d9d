#pragma once
// Who gave which code away, who came by it and who says so, from a CSV file of touches.
//
// Columns by name: time and kind (share, click, claim) must be there; referrer (a customer key) or
// code, too. A code belongs to the first referrer who stands beside it, so that later rows need the
// code alone. channel, method (code, link, qr, device, manual, import), customer (who was brought),
// visitor (who came, before being a customer) and device (from which) help.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/ingest/quality_result.hpp"
#include "emptor/referral/touch.hpp"
#include "emptor/table/keys.hpp"

namespace storefront {

/// What became of the file's rows: `kept` and the counts after it add up to `rows`.
struct TouchQuality {
  std::uint64_t rows = 0;
  std::uint64_t kept = 0;
  std::uint64_t unsound = 0;       ///< not readable; they stand in the quarantine
  std::uint64_t no_time = 0;       ///< no time that can be understood
  std::uint64_t no_kind = 0;       ///< neither share nor click nor claim
  std::uint64_t unknown_code = 0;  ///< a code that is nobody's, and no referrer
  std::uint64_t unknown = 0;       ///< a key of no customer
  std::uint64_t nobody = 0;        ///< a click or claim without customer and visitor

  [[nodiscard]] std::uint64_t left_out() const noexcept { return rows - kept; }
};

struct FileTouch {
  emptor::ReferralTouch touch;
  emptor::Visitor visitor = emptor::no_visitor;  ///< of a claim, too, whose touch has the customer
  std::string device{};                          ///< may be empty
};

struct TouchesFile {
  std::vector<FileTouch> touches;  ///< in the file's order
  emptor::Keys<emptor::Channel> channels;
  emptor::QualityReport file;  ///< of the rows as rows
  TouchQuality quality;
};

/// The customer of a key; none: nobody's.
using PersonOfKey = std::function<std::optional<emptor::Customer>(std::string_view)>;

/// Errors: as emptor::read_records; `invalid_value` when a column that must be there is not.
[[nodiscard]] emptor::Result<TouchesFile> read_touches(const std::string& path,
                                                       const PersonOfKey& person_of,
                                                       const emptor::Context& context);

}  // namespace storefront
