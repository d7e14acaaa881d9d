#pragma once
// Makes a FeatureMatrix, value by value:
//
//     FeatureBuilder builder(items);
//     builder.add_category(0, "brand", "Sony");       // feature "brand=Sony"
//     builder.add_tag(0, "genre", "Comedy");          // feature "genre=Comedy"
//     builder.add_number(0, "price", 19.9);           // shares of "price~15" and "price~25"
//     builder.add_missing(1, "brand");                // feature "brand?"
//     const FeatureMatrix features = builder.build();
//
// Features are numbered in the order in which they were first added, those of numbers in the order
// of their blocks after all others, so the same calls give the same numbers. What is not said of a
// row has no feature; `add_missing` says that it is not known, which is a feature of its own.
// Memory: 12 bytes a category or tag, 16 a number, 1 a row and block. Thread safety: one thread.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/statistics.hpp"
#include "emptor/table/feature_matrix.hpp"
#include "emptor/table/keys.hpp"

namespace emptor {

struct NumberFeatureOptions {
  NumberScaling scaling = NumberScaling::smooth_bins;
  std::size_t knots = 8;  ///< of smooth bins, equal ones count once; 2 to 1000
};

class FeatureBuilder {
 public:
  explicit FeatureBuilder(std::size_t rows) : rows_(rows) {}

  /// Rows of the same features as those of `like`: its blocks, names, numbers of features and
  /// scales; features that it does not have come after its own.
  FeatureBuilder(std::size_t rows, const FeatureMatrix& like)
      : rows_(rows),
        names_(like.names()),
        block_of_(like.block_of().begin(), like.block_of().end()) {
    for (const FeatureBlock& block : like.blocks()) {
      blocks_.push_back(block);
      states_.emplace_back();
    }
  }

  /// How the numbers of a block become features; without, the defaults of NumberFeatureOptions.
  /// Throws `invalid_option`; `duplicate` when the block is there already.
  void declare_number(std::string_view block, const NumberFeatureOptions& options) {
    require_option(options.knots >= 2 && options.knots <= 1000, "knots", "in 2 to 1000",
                   options.knots);
    if (find_block(block) != blocks_.size()) {
      throw Exception(ErrorCode::duplicate, text("the block '", block, "' is there already"),
                      "FeatureBuilder");
    }
    const std::size_t made = block_at(block, FeatureKind::number);
    blocks_[made].scaling = options.scaling;
    states_[made].knots = options.knots;
  }

  /// The row's only value in this block. Throws `out_of_range` (row), `duplicate` (the row has a
  /// value in this block), `invalid_value` (weight not finite and > 0; a block's name that is empty
  /// or holds one of = ~ ?; a block of another kind).
  void add_category(std::size_t row, std::string_view block, std::string_view value,
                    float weight = 1) {
    require_weight(weight, block);
    const std::size_t place = checked(row, block, FeatureKind::category);
    occupy(row, place);
    add(row, place, text(block, "=", value), weight);
  }
  /// One of the row's values in this block; the weights of a repeated one add up.
  /// Throws as `add_category`, but for `duplicate`.
  void add_tag(std::size_t row, std::string_view block, std::string_view value, float weight = 1) {
    require_weight(weight, block);
    const std::size_t place = checked(row, block, FeatureKind::tags);
    add(row, place, text(block, "=", value), weight);
  }
  /// The row's only number in this block. Throws as `add_category`, and `invalid_value` for a
  /// number that is not finite.
  void add_number(std::size_t row, std::string_view block, double value) {
    if (!std::isfinite(value)) {
      throw Exception(ErrorCode::invalid_value,
                      text("'", block, "' of row ", row, " must be finite, got ", value,
                           "; say add_missing for what is not known"),
                      "FeatureBuilder");
    }
    const std::size_t place = checked(row, block, FeatureKind::number);
    occupy(row, place);
    states_[place].rows.push_back(static_cast<std::uint32_t>(row));
    states_[place].values.push_back(value);
  }
  /// Says that the row's value in this block is not known. A block that is not there becomes one of
  /// categories: declare numbers first. Throws as `add_category`.
  void add_missing(std::size_t row, std::string_view block) {
    const std::size_t known = find_block(block);
    const std::size_t place =
        checked(row, block, known == blocks_.size() ? FeatureKind::category : blocks_[known].kind);
    occupy(row, place);
    add(row, place, text(block, "?"), 1);
  }

  /// Everything added so far. O(entries + rows + numbers x log numbers).
  [[nodiscard]] FeatureMatrix build() const {
    FeatureBuilder all(*this);
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      if (blocks_[b].kind == FeatureKind::number) all.finish_numbers(b);
    }
    Csr<float> by_row = Csr<float>::from_entries(rows_, all.names_.size(), all.entry_rows_,
                                                 all.entry_features_, all.entry_weights_);
    return {std::move(all.names_), std::move(all.blocks_), std::move(all.block_of_),
            std::move(by_row)};
  }

 private:
  struct State {
    std::size_t knots = NumberFeatureOptions{}.knots;
    std::vector<bool> occupied{};  // by row, empty until needed
    std::vector<std::uint32_t> rows{};
    std::vector<double> values{};
  };

  [[nodiscard]] std::size_t find_block(std::string_view name) const noexcept {
    std::size_t b = 0;
    while (b < blocks_.size() && blocks_[b].name != name) ++b;
    return b;
  }
  /// The block's place, a new one if it is not there.
  std::size_t block_at(std::string_view name, FeatureKind kind) {
    const std::size_t found = find_block(name);
    if (found < blocks_.size()) {
      if (blocks_[found].kind != kind) {
        throw Exception(ErrorCode::invalid_value,
                        text("the block '", name, "' is one of another kind"), "FeatureBuilder");
      }
      return found;
    }
    if (name.empty() || name.find_first_of("=~?") != std::string_view::npos) {
      throw Exception(ErrorCode::invalid_value,
                      text("a block's name must not be empty nor hold = ~ or ?, got '", name, "'"),
                      "FeatureBuilder");
    }
    blocks_.push_back({.name = std::string(name), .kind = kind});
    states_.emplace_back();
    return found;
  }
  std::size_t checked(std::size_t row, std::string_view block, FeatureKind kind) {
    if (row >= rows_) {
      throw Exception(ErrorCode::out_of_range, text("row ", row, " is not one of ", rows_),
                      "FeatureBuilder");
    }
    return block_at(block, kind);
  }
  static void require_weight(float weight, std::string_view block) {
    if (weight > 0 && std::isfinite(weight)) return;
    throw Exception(ErrorCode::invalid_value,
                    text("a weight of '", block, "' must be finite and > 0, got ", weight),
                    "FeatureBuilder");
  }
  static void require_in_range(double value) {
    if (std::isfinite(value)) return;
    throw Exception(ErrorCode::overflow, "numbers of a block are too large: scale them down",
                    "FeatureBuilder");
  }
  void occupy(std::size_t row, std::size_t place) {
    std::vector<bool>& occupied = states_[place].occupied;
    if (occupied.empty()) occupied.resize(rows_, false);
    if (occupied[row]) {
      throw Exception(ErrorCode::duplicate,
                      text("row ", row, " has a value of '", blocks_[place].name, "' already"),
                      "FeatureBuilder");
    }
    occupied[row] = true;
  }
  void add(std::size_t row, std::size_t place, std::string_view name, float weight) {
    const auto [feature, is_new] = names_.add_new(name);
    if (is_new) block_of_.push_back(static_cast<std::uint32_t>(place));
    if (weight == 0) return;
    entry_rows_.push_back(static_cast<std::uint32_t>(row));
    entry_features_.push_back(feature);
    entry_weights_.push_back(weight);
  }

  void finish_numbers(std::size_t place) {
    FeatureBlock& block = blocks_[place];
    const State& state = states_[place];
    if (state.values.empty()) return;
    if (block.scale.empty()) block.scale = scale_of(state, block.scaling);
    for (std::size_t i = 0; i < state.values.size(); ++i) {
      const double value = state.values[i];
      if (block.scaling == NumberScaling::standardise) {
        const double deviation = block.scale[1];
        const double score = deviation > 0 ? (value - block.scale[0]) / deviation : 0;
        add(state.rows[i], place, block.name, static_cast<float>(score));
        continue;
      }
      const std::vector<double>& knots = block.scale;
      if (i == 0) {
        for (const double knot : knots) add(state.rows[0], place, text(block.name, "~", knot), 0);
      }
      const double inside = std::clamp(value, knots.front(), knots.back());
      const auto above = static_cast<std::size_t>(
          std::upper_bound(knots.begin(), knots.end(), inside) - knots.begin());
      const std::size_t low = above - 1;
      const double share = above == knots.size() ? 0
                                                 : (inside / 2 - knots[low] / 2) /
                                                       (knots[above] / 2 - knots[low] / 2);
      add(state.rows[i], place, text(block.name, "~", knots[low]), static_cast<float>(1 - share));
      if (share > 0) {
        add(state.rows[i], place, text(block.name, "~", knots[above]), static_cast<float>(share));
      }
    }
  }
  [[nodiscard]] static std::vector<double> scale_of(const State& state, NumberScaling scaling) {
    std::vector<double> sorted(state.values);
    std::sort(sorted.begin(), sorted.end());
    if (scaling == NumberScaling::standardise) {
      double squares = 0;
      const double center = mean(std::span<const double>(sorted));
      for (const double value : sorted) squares += (value - center) * (value - center);
      const double deviation = std::sqrt(squares / static_cast<double>(sorted.size()));
      require_in_range(center);
      require_in_range(deviation);
      return {center, deviation};
    }
    std::vector<double> knots;
    for (std::size_t k = 0; k < state.knots; ++k) {
      const double p = static_cast<double>(k) / static_cast<double>(state.knots - 1);
      const double knot = quantile_of_sorted(std::span<const double>(sorted), p);
      require_in_range(knot);
      if (knots.empty() || knot > knots.back()) knots.push_back(knot);
    }
    return knots;
  }

  std::size_t rows_;
  Keys<Feature> names_;
  std::vector<FeatureBlock> blocks_;
  std::vector<std::uint32_t> block_of_;
  std::vector<State> states_;
  std::vector<std::uint32_t> entry_rows_;
  std::vector<Feature> entry_features_;
  std::vector<float> entry_weights_;
};

}  // namespace emptor
