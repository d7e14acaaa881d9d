#pragma once
// What a report shows of a credit-style scorecard: bins with their weights of evidence and points.
// Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace emptor {

enum class WoeBinKind : std::uint8_t { numbers, categories, special, missing };

/// Rows of which the variable has such a value.
struct WoeBin {
  WoeBinKind kind = WoeBinKind::numbers;
  double from = 0;                        ///< included; -infinity in the first of `numbers`
  double to = 0;                          ///< excluded; infinity in the last
  std::vector<std::uint32_t> categories;  ///< codes, ascending
  double special = 0;                     ///< the value, for `special`
  double good = 0;                        ///< weight of rows with target 0
  double bad = 0;                         ///< of target 1
  double woe = 0;  ///< ln((good/all good) / (bad/all bad)), halves added where one is 0
  double iv = 0;   ///< its part of the information value
  double points = 0;

  friend bool operator==(const WoeBin&, const WoeBin&) = default;
};

struct WoeVariable {
  std::string name;
  std::vector<WoeBin> bins;  ///< numbers ascending or groups by rising event rate; special; missing
  double iv = 0;             ///< sum over the bins
  double coefficient = 0;    ///< on the WoE, of the log odds of target 0
  bool rising = false;       ///< event rate with the number
  bool constant = false;     ///< fewer than two bins with rows: tells nothing

  friend bool operator==(const WoeVariable&, const WoeVariable&) = default;
};

}  // namespace emptor
