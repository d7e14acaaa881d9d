#pragma once
// What is known of customers or items besides their interactions: a sparse matrix of features.
//
// A feature is one thing that can be said ("brand=Sony", "price~20"); features that say the same
// kind of thing are a block ("brand", "price"). A row is one customer or one item. A FeatureMatrix
// is immutable and shared: a copy costs a pointer, and models keep one. FeatureBuilder makes it.
// Memory: 16 bytes an entry, 8 (rows + features), and the names. Thread safety: may be read from
// any thread.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/table/keys.hpp"

namespace emptor {

enum class FeatureKind : std::uint8_t {
  category,  ///< at most one value a row: brand, country
  tags,      ///< any number of values a row: genres, colours
  number,    ///< at most one number a row: price, age
};

/// How a number becomes features.
enum class NumberScaling : std::uint8_t {
  smooth_bins,  ///< shares of the two knots next to it, which add up to 1; knots are quantiles.
                ///< Near numbers share knots, far ones do not; beyond the outer knots all is alike.
  standardise,  ///< one feature: (x - mean) / standard deviation; 0 when the deviation is 0
};

/// Features that say the same kind of thing.
struct FeatureBlock {
  std::string name;
  FeatureKind kind = FeatureKind::category;
  NumberScaling scaling = NumberScaling::smooth_bins;  ///< of a number
  std::vector<double> scale{};  ///< of a number: knots ascending, or mean and deviation; empty
                                ///< until a number was seen
  friend bool operator==(const FeatureBlock&, const FeatureBlock&) = default;
};

class FeatureMatrix {
 public:
  /// No rows, no features.
  FeatureMatrix() : FeatureMatrix(Keys<Feature>{}, {}, {}, Csr<float>(0, {0}, {}, {})) {}

  /// From parts: feature f belongs to blocks[block_of[f]]; `by_row` is rows x features.
  /// Throws `invalid_shape` when the sizes do not fit, `invalid_value` for a value that is not
  /// finite.
  FeatureMatrix(Keys<Feature> names, std::vector<FeatureBlock> blocks,
                std::vector<std::uint32_t> block_of, Csr<float> by_row) {
    bool fits = by_row.columns() == names.size() && block_of.size() == names.size();
    for (const std::uint32_t block : block_of) fits = fits && block < blocks.size();
    if (!fits) {
      throw Exception(
          ErrorCode::invalid_shape,
          text(names.size(), " features need as many columns and blocks that exist, got ",
               by_row.columns(), " columns and ", block_of.size(), " of ", blocks.size(),
               " blocks"),
          "FeatureMatrix");
    }
    for (std::size_t e = 0; e < by_row.nonzeros(); ++e) {
      if (std::isfinite(by_row.values()[e])) continue;
      throw Exception(ErrorCode::invalid_value,
                      text("'", names.key(id_at<Feature>(by_row.indices()[e])),
                           "' must be finite, got ", by_row.values()[e]),
                      "FeatureMatrix");
    }
    Csr<float> by_feature = by_row.transposed();
    parts_ = std::make_shared<const Parts>(Parts{std::move(names), std::move(blocks),
                                                 std::move(block_of), std::move(by_row),
                                                 std::move(by_feature)});
  }

  [[nodiscard]] std::size_t rows() const noexcept { return parts_->by_row.rows(); }
  [[nodiscard]] std::size_t features() const noexcept { return parts_->names.size(); }
  [[nodiscard]] std::size_t entries() const noexcept { return parts_->by_row.nonzeros(); }

  [[nodiscard]] const Keys<Feature>& names() const noexcept { return parts_->names; }
  /// "brand=Sony", "price~20"; the view lasts as long as the matrix. Throws `out_of_range`.
  [[nodiscard]] std::string_view name(Feature feature) const { return parts_->names.key(feature); }
  [[nodiscard]] std::optional<Feature> find(std::string_view name) const {
    return parts_->names.find(name);
  }
  [[nodiscard]] std::span<const FeatureBlock> blocks() const noexcept { return parts_->blocks; }
  /// The place in `blocks()` of each feature's block.
  [[nodiscard]] std::span<const std::uint32_t> block_of() const noexcept {
    return parts_->block_of;
  }

  /// rows x features.
  [[nodiscard]] const Csr<float>& by_row() const noexcept { return parts_->by_row; }
  /// features x rows.
  [[nodiscard]] const Csr<float>& by_feature() const noexcept { return parts_->by_feature; }

  /// The same with each row divided by its Euclidean length; rows without entries stay so. O(nnz).
  [[nodiscard]] FeatureMatrix normalised() const {
    const Csr<float>& rows = by_row();
    std::vector<float> values(rows.values().begin(), rows.values().end());
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      double squares = 0;
      for (const float value : rows.row_values(r)) {
        squares += static_cast<double>(value) * static_cast<double>(value);
      }
      if (!(squares > 0)) continue;
      const double scale = 1 / std::sqrt(squares);
      for (std::size_t e = rows.offsets()[r]; e < rows.offsets()[r + 1]; ++e) {
        values[e] = static_cast<float>(static_cast<double>(values[e]) * scale);
      }
    }
    return {parts_->names, parts_->blocks, parts_->block_of,
            Csr<float>(rows.columns(), {rows.offsets().begin(), rows.offsets().end()},
                       {rows.indices().begin(), rows.indices().end()}, std::move(values))};
  }

  /// The same features in the same rows.
  friend bool operator==(const FeatureMatrix& a, const FeatureMatrix& b) {
    return a.parts_ == b.parts_ ||
           (a.parts_->names == b.parts_->names && a.parts_->blocks == b.parts_->blocks &&
            a.parts_->block_of == b.parts_->block_of && a.parts_->by_row == b.parts_->by_row);
  }

 private:
  struct Parts {
    Keys<Feature> names;
    std::vector<FeatureBlock> blocks;
    std::vector<std::uint32_t> block_of;
    Csr<float> by_row;
    Csr<float> by_feature;
  };
  std::shared_ptr<const Parts> parts_;
};

/// Appends the matrix to a section.
inline void put_features(SectionWriter& section, const FeatureMatrix& data) {
  data.names().save(section);
  section.put(std::uint64_t{data.blocks().size()});
  for (const FeatureBlock& block : data.blocks()) {
    section.put_text(block.name);
    section.put(block.kind);
    section.put(block.scaling);
    section.put_array(block.scale);
  }
  section.put_array(data.block_of());
  std::vector<std::uint32_t> sizes(data.rows());
  for (std::size_t r = 0; r < sizes.size(); ++r) {
    sizes[r] = static_cast<std::uint32_t>(data.by_row().row_size(r));
  }
  section.put_array(sizes);
  section.put_array(data.by_row().indices());
  section.put_array(data.by_row().values());
}

namespace detail {

[[nodiscard]] inline bool valid_scale(const FeatureBlock& block) noexcept {
  const std::vector<double>& scale = block.scale;
  if (block.kind != FeatureKind::number) return scale.empty();
  bool valid = true;
  for (const double value : scale) valid = valid && std::isfinite(value);
  if (block.scaling == NumberScaling::standardise) {
    return valid && (scale.empty() || (scale.size() == 2 && scale[1] >= 0));
  }
  for (std::size_t k = 1; k < scale.size(); ++k) valid = valid && scale[k - 1] < scale[k];
  return valid;
}

}  // namespace detail

/// What `put_features` wrote. On damage the section has failed and the matrix is empty.
/// Allocates in proportion to the section's bytes.
[[nodiscard]] inline FeatureMatrix get_features(SectionReader& section) {
  Result<Keys<Feature>> names = Keys<Feature>::load(section);
  const auto block_count = section.get<std::uint64_t>();
  std::vector<FeatureBlock> blocks;
  for (std::uint64_t b = 0; section.ok() && b < block_count; ++b) {
    FeatureBlock& block = blocks.emplace_back();
    block.name = section.get_text();
    block.kind = section.get_enum(FeatureKind::number);
    block.scaling = section.get_enum(NumberScaling::standardise);
    block.scale = section.get_array<double>();
    section.require(detail::valid_scale(block), "a scale of numbers contradicts itself");
  }
  auto block_of = section.get_array<std::uint32_t>();
  const auto sizes = section.get_array<std::uint32_t>();
  auto indices = section.get_array<std::uint32_t>();
  auto values = section.get_array<float>();
  if (!section.ok() || !names) return {};
  bool fits = block_of.size() == names->size() && values.size() == indices.size();
  for (const std::uint32_t block : block_of) fits = fits && block < blocks.size();
  std::vector<std::size_t> offsets(1, 0);
  offsets.reserve(sizes.size() + 1);
  for (const std::uint32_t size : sizes) offsets.push_back(offsets.back() + size);
  fits = fits && offsets.back() == indices.size();
  for (std::size_t r = 0; fits && r < sizes.size(); ++r) {
    for (std::size_t e = offsets[r]; fits && e < offsets[r + 1]; ++e) {
      fits = indices[e] < names->size() && (e == offsets[r] || indices[e - 1] < indices[e]) &&
             std::isfinite(values[e]);
    }
  }
  if (!section.require(fits, "a matrix of features contradicts itself")) return {};
  const std::size_t features = names->size();
  return {std::move(*names), std::move(blocks), std::move(block_of),
          Csr<float>(features, std::move(offsets), std::move(indices), std::move(values))};
}

}  // namespace emptor
