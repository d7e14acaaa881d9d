#include "evaluate/binary_rows.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "emptor/core/error.hpp"

namespace emptor::detail {

namespace {

/// Least significant digit first, 11 bits a pass; passes in which all digits are alike are skipped.
void radix_sort(std::vector<RankedRow>& rows) {
  constexpr unsigned bits = 11;
  constexpr std::size_t radix = std::size_t{1} << bits;
  constexpr unsigned passes = 6;
  std::vector<std::array<std::uint32_t, radix>> counts(passes);
  for (auto& digit : counts) digit.fill(0);
  for (const RankedRow& row : rows) {
    for (unsigned pass = 0; pass < passes; ++pass) {
      ++counts[pass][(row.key >> (pass * bits)) & (radix - 1)];
    }
  }
  std::vector<RankedRow> other(rows.size());
  for (unsigned pass = 0; pass < passes; ++pass) {
    auto& count = counts[pass];
    if (count[(rows.front().key >> (pass * bits)) & (radix - 1)] == rows.size()) continue;
    std::uint32_t sum = 0;
    for (std::uint32_t& one : count) sum += std::exchange(one, sum);
    for (const RankedRow& row : rows) {
      other[count[(row.key >> (pass * bits)) & (radix - 1)]++] = row;
    }
    rows.swap(other);
  }
}

}  // namespace

void check_binary(const BinaryScores& rows, std::string_view where, bool probability) {
  const std::size_t n = rows.target.size();
  if (rows.score.size() != n || (!rows.weight.empty() && rows.weight.size() != n) ||
      n > 0xffffffffU) {
    throw Exception(ErrorCode::invalid_shape,
                    text("targets, scores and weights must be of one length below 2^32, got ", n,
                         ", ", rows.score.size(), " and ", rows.weight.size()),
                    std::string(where));
  }
  const auto refuse = [&](std::string_view what, double got, std::size_t row) {
    throw Exception(ErrorCode::invalid_value, text(what, ", got ", got, " in row ", row),
                    std::string(where));
  };
  for (std::size_t row = 0; row < n; ++row) {
    const double target = rows.target[row];
    const double score = rows.score[row];
    if (!(target == 0 || target == 1)) refuse("a target must be 0 or 1", target, row);
    if (score != score) refuse("a score must be a number", score, row);
    if (probability && !(score >= 0 && score <= 1)) {
      refuse("a probability must be in [0, 1]", score, row);
    }
  }
  for (std::size_t row = 0; row < rows.weight.size(); ++row) {
    const double weight = rows.weight[row];
    if (!(weight >= 0 && std::isfinite(weight))) {
      refuse("a weight must be finite and >= 0", weight, row);
    }
  }
}

std::vector<RankedRow> rank_rows(const BinaryScores& rows) {
  std::vector<RankedRow> out;
  out.reserve(rows.score.size());
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  for (std::size_t row = 0; row < rows.score.size(); ++row) {
    if (!rows.weight.empty() && rows.weight[row] == 0) continue;
    const auto bits = std::bit_cast<std::uint64_t>(rows.score[row] + 0.0);  // -0 becomes +0
    out.push_back({(bits & sign) != 0 ? bits : ~(bits | sign), static_cast<std::uint32_t>(row)});
  }
  if (out.size() >= 4096) {
    radix_sort(out);
  } else {
    std::sort(out.begin(), out.end(), [](const RankedRow& a, const RankedRow& b) {
      return a.key != b.key ? a.key < b.key : a.row < b.row;
    });
  }
  return out;
}

ClassTotals class_totals(const BinaryScores& rows) noexcept {
  ClassTotals out;
  for (std::size_t row = 0; row < rows.target.size(); ++row) {
    const double weight = weight_of(rows, row);
    if (weight == 0) continue;
    if (rows.target[row] == 1) {
      out.positive += weight;
      ++out.positives;
    } else {
      out.negative += weight;
      ++out.negatives;
    }
  }
  return out;
}

}  // namespace emptor::detail
