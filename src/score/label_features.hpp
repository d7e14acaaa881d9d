#pragma once
// The columns of a LearningFeatures, computed of pasts.
//
// Thread safety: LabelColumns is immutable, a LabelColumns::Room is of one thread.

#include <string>
#include <vector>

#include "emptor/score/label_builder.hpp"
#include "profile/feature_summary.hpp"
#include "score/label_facts.hpp"

namespace emptor::detail {

class LabelColumns {
 public:
  /// Throws `invalid_option`, `invalid_value` for a name twice, `not_found` for a column to keep
  /// that is not there. The arguments must outlive it.
  LabelColumns(const LearningFeatures& features, const CustomerFacts& facts);

  [[nodiscard]] ScoreSchema schema() const;

  struct Room {
    FeatureSummary summary;
    std::vector<FeatureTable> tables;  // by window, a customer a row
    std::vector<double> rest;          // row-major: the columns that are not of orders
  };
  /// Begins a block of rows.
  void begin(Room& room) const;
  void add(Room& room, const CustomerPast& past) const;
  /// The block's rows into those of `to` from `first` on.
  void put(const Room& room, Matrix<float>& to, std::size_t first) const;

 private:
  [[nodiscard]] std::vector<NamedFeatures> named(std::span<const FeatureTable> tables) const;

  const LearningFeatures& features_;
  const CustomerFacts& facts_;
  std::vector<std::string> window_names_;
  std::vector<std::string> names_;  // of all columns, before some are kept
  std::size_t of_orders_ = 0;       // the first so many of them
  std::vector<std::size_t> kept_;
};

}  // namespace emptor::detail
