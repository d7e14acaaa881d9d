#pragma once
// One run of boosting: the margins of its rows, and the step that adds a tree.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/score/boosting.hpp"
#include "score/tree_grower.hpp"

namespace emptor::detail {

struct BoostingData {
  const BinnedTable& table;
  std::span<const double> target;
  std::span<const double> weights;
};

class Booster {
 public:
  /// Rows ascending and of positive weight.
  Booster(const BoostingData& data, const BoostingOptions& options, std::size_t max_depth,
          std::vector<std::uint32_t> train, std::vector<std::uint32_t> held_out);

  [[nodiscard]] double base() const noexcept { return base_; }
  [[nodiscard]] GrownTree step(std::size_t round, const Context& context);
  /// Mean loss as of now.
  [[nodiscard]] double train_loss(const Context& context);
  [[nodiscard]] double held_out_loss(const Context& context) const;

 private:
  double refresh(const Context& context);
  [[nodiscard]] double loss_of(std::span<const std::uint32_t> rows, const Context& context) const;
  void add_by_walk(const GrownTree& tree, std::span<const std::uint32_t> rows,
                   const Context& context);

  BoostingData data_;
  const BoostingOptions& options_;
  std::size_t max_depth_;
  std::vector<std::uint32_t> train_;
  std::vector<std::uint32_t> held_out_;
  double base_ = 0;
  std::vector<float> margins_;
  Gradients gradients_;
  bool fresh_ = false;  // gradients are those of the margins
  double train_loss_ = 0;
};

}  // namespace emptor::detail
