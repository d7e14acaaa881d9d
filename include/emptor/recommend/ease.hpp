#pragma once
// EASE: a linear model of every item by all others, in closed form.
//
// With X the m x n interactions, the weights B minimise |X - X B|^2 + lambda |B|^2 under a diagonal
// of 0: with P = (X'X + lambda I)^-1 it is B_ij = -P_ij / P_jj. A customer's score of item j is the
// sum over what the customer has of w_i B_ij, so reasons add up and folding in is exact.
// Harald Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019,
// doi:10.1145/3308558.3313710. Among the most accurate models for catalogues of up to some tens of
// thousands of items, and the one with least to tune; memory and time forbid larger ones.
//
// Fitting: n^3 flops for the inverse, and the sum over customers of half their squared number of
// items for X'X; memory 12 n^2 bytes at the peak, refused beforehand beyond `max_bytes`. The model:
// 6 n^2 bytes, 2 of them to make lists fast (detail/ease_weights.hpp), and the interactions. The
// same bits for any number of threads, within one build and one Isa. Thread safety: see
// recommender.hpp.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/positive_definite.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/ease_fit.hpp"
#include "emptor/recommend/detail/ease_update.hpp"
#include "emptor/recommend/detail/ease_weights.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/ease_result.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

struct EaseOptions {
  double lambda = 500;       ///< > 0; 100 to 2,000 are usual, more for more interactions an item
  bool use_weights = false;  ///< X holds the interactions' weights; else 1
  std::size_t max_bytes = std::size_t{8} << 30;  ///< the most that a fit may take: 26,000 items
};

/// Peak memory of a fit over `items` items, beside the interactions; saturates.
[[nodiscard]] constexpr std::size_t ease_bytes(std::size_t items) noexcept {
  std::size_t bytes = 0;
  const bool over = __builtin_mul_overflow(items, Matrix<float>::padded(items), &bytes) ||
                    __builtin_mul_overflow(bytes, 3 * sizeof(float), &bytes);
  return over ? std::numeric_limits<std::size_t>::max() : bytes;
}

namespace detail {

inline void check_ease_options(const EaseOptions& options) {
  require_option(options.lambda > 0 && std::isfinite(options.lambda), "lambda", "finite and > 0",
                 options.lambda);
}

/// B in place of P, and P's diagonal.
[[nodiscard]] inline std::vector<float> weights_of_inverse(Matrix<float>& p,
                                                           const Context& context) {
  const std::size_t n = p.rows();
  std::vector<float> diagonal(n);
  for (std::size_t j = 0; j < n; ++j) diagonal[j] = p(j, j);
  parallel_chunks(context, n, 64, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t j = 0; j < n; ++j) p(i, j) /= -diagonal[j];
      p(i, i) = 0;
    }
  });
  return diagonal;
}

}  // namespace detail

/// See the top of the file and `Recommender`. Scores may be negative; items nobody took have score
/// 0 and are not recommended.
class EaseModel {
 public:
  static constexpr std::string_view archive_kind = "ease";

  /// From weights, n x n: row i is what having item i adds to the scores of all items. `diagonal`:
  /// that of P, n values > 0, so that updates need no new inverse, or empty. Throws
  /// `invalid_option`, `invalid_shape`, `invalid_value` (not finite, or weights whose diagonal is
  /// not 0).
  EaseModel(Interactions data, const Matrix<float>& weights, const EaseOptions& options,
            std::vector<float> diagonal = {}, const Kernels* kernels = nullptr)
      : data_(std::move(data)),
        options_(options),
        diagonal_(std::move(diagonal)),
        kernels_(kernels) {
    detail::check_ease_options(options_);
    const std::size_t n = data_.items();
    if (weights.rows() != n || weights.columns() != n) {
      throw Exception(ErrorCode::invalid_shape,
                      text("weights of ", n, " items must be ", n, " x ", n, ", got ",
                           weights.rows(), " x ", weights.columns()),
                      "EaseModel");
    }
    if (!diagonal_.empty() && diagonal_.size() != n) {
      throw Exception(ErrorCode::invalid_shape,
                      text("a diagonal of ", n, " items expected, got ", diagonal_.size()),
                      "EaseModel");
    }
    if (!valid(weights, diagonal_)) {
      throw Exception(ErrorCode::invalid_value,
                      "weights must be finite, and 0 from an item to itself, a diagonal > 0",
                      "EaseModel");
    }
    weights_.emplace(weights, data_.by_item(), kernels_);
  }

  [[nodiscard]] std::string_view name() const noexcept { return "ease"; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  [[nodiscard]] const EaseOptions& options() const noexcept { return options_; }
  /// What having `from` adds to the score of `to`; both < items(), unchecked.
  [[nodiscard]] float weight(Item from, Item to) const noexcept {
    return (*weights_)(index(from), index(to));
  }

  /// Time: customer's items x n.
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(row_of(customer, "recommend"), k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(Folded(*this, customer, "recommend").row, k, filter);
  }
  /// The lists of many customers; see `BatchRecommender`.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const {
    detail::require_batch_spans(customers, k, out, counts);
    for (const Customer customer : customers) {
      detail::require_id(customer, this->customers(), "customer", "recommend_batch");
    }
    const detail::ItemFilter ready(filter, items());
    constexpr std::size_t customers_a_chunk = 128;
    parallel_chunks(context, customers.size(), customers_a_chunk,
                    [&](std::size_t begin, std::size_t end) {
                      Matrix<float> scratch(1, weights_->scratch_size());
                      for (std::size_t c = begin; c < end; ++c) {
                        const Row row = row_of(customers[c], "recommend_batch");
                        TopK<float> best = weights_->best(row, k, ready, scratch.data());
                        counts[c] = static_cast<std::uint32_t>(best.size());
                        Recommendation* to = out.data() + c * k;
                        for (const auto& [item, score] : best.take()) {
                          *to++ = {id_at<Item>(item), score};
                        }
                      }
                    });
  }

  /// Time: customer's items x the items asked for.
  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    score_row(row_of(customer, "score"), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    score_row(Folded(*this, customer, "score").row, items, scores);
  }

  /// By partial correlation, sqrt(B_ij B_ji) = -P_ij / sqrt(P_ii P_jj): what two items have in
  /// common that no other item explains. Only items with a positive one. O(n).
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "similar_items");
    TopK<float> best(std::min(k, items()));
    for (std::size_t j = 0; j < items(); ++j) {
      const auto other = id_at<Item>(j);
      const float there = weight(item, other);
      const float back = weight(other, item);
      if (!(there > 0 && back > 0)) continue;
      const double product = static_cast<double>(there) * static_cast<double>(back);
      best.push(static_cast<std::uint32_t>(j), static_cast<float>(std::sqrt(product)));
    }
    return detail::to_list(best);
  }

  /// One part for each item that the customer has, but the item itself. `rest` beyond the parts
  /// left out is rounding.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    return explain_row(row_of(customer, "explain"), item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    return explain_row(Folded(*this, customer, "explain").row, item, k);
  }

  /// Exact: a folded-in customer is served like one of the fit with the same items.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return detail::fold_items(items, weights, this->items());
  }

  /// The model of a fit to `data`, within rounding. When the rows of X that come and those that go
  /// are each no more than n / 8, the inverse is changed by them, in 2 n^2 flops a row, else made
  /// anew; so it is when the change leaves a residual above 1e-4. Memory as of a fit. Throws as
  /// fit_ease, but for `stopped`: then it is the old weights with the new data.
  [[nodiscard]] EaseModel update(const Interactions& data, const Context& context = {}) const;

  /// Kind "ease", version 1: section "interactions"; "options"; "weights" with the diagonal of P,
  /// which may be missing, and the n x n matrix when there are items.
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions"), data_);
    SectionWriter& kept = writer.section("options");
    kept.put(options_.lambda);
    kept.put(options_.use_weights);
    kept.put(std::uint64_t{options_.max_bytes});
    SectionWriter& section = writer.section("weights");
    section.put_array(diagonal_);
    if (items() > 0) section.put_matrix(weights_->dense(items()));
    return std::move(writer).finish();
  }
  /// `kernels` as in a Context; null: portable.
  [[nodiscard]] static Result<EaseModel> load(std::span<const std::byte> bytes,
                                              const Kernels* kernels) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("options");
    if (!section) return section.error();
    EaseOptions options;
    options.lambda = section->get<double>();
    options.use_weights = section->get<bool>();
    options.max_bytes = static_cast<std::size_t>(section->get<std::uint64_t>());
    section->require(options.lambda > 0 && std::isfinite(options.lambda), "impossible options");
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("weights");
    if (!section) return section.error();
    auto diagonal = section->get_array<float>();
    Matrix<float> weights;
    if (data.items() > 0) weights = section->get_matrix<float>();
    if (section->require(weights.rows() == data.items() && weights.columns() == data.items() &&
                             (diagonal.empty() || diagonal.size() == data.items()),
                         "the weights are of another number of items")) {
      section->require(valid(weights, diagonal), "a weight is impossible");
    }
    if (Result<void> done = section->finish(); !done) return done.error();
    return EaseModel(std::move(data), weights, options, std::move(diagonal), kernels);
  }
  [[nodiscard]] static Result<EaseModel> load(std::span<const std::byte> bytes) {
    return load(bytes, nullptr);
  }

 private:
  using Row = detail::EaseRow;

  struct Folded {
    Folded(const EaseModel& model, const FoldedCustomer& customer, std::string_view where) {
      const auto checked = detail::row_of(customer, model.items(), where);
      for (std::size_t i = 0; i < checked.size(); ++i) items.push_back(checked.item(i));
      row.items = items;
      if (model.options_.use_weights) row.values = checked.weights;
    }
    std::vector<std::uint32_t> items;
    Row row;
  };

  static bool valid(const Matrix<float>& weights, std::span<const float> diagonal) noexcept {
    bool fine = true;
    for (const float value : diagonal) fine = fine && value > 0 && std::isfinite(value);
    for (std::size_t i = 0; i < weights.rows(); ++i) {
      for (const float value : weights.row(i)) fine = fine && std::isfinite(value);
      fine = fine && weights(i, i) == 0;
    }
    return fine;
  }

  /// P of the model's rows and n items.
  [[nodiscard]] Matrix<float> inverse_for(std::size_t n) const {
    Matrix<float> p = weights_->dense(n);
    for (std::size_t i = 0; i < n; ++i) {
      p(i, i) = i < items() ? diagonal_[i] : static_cast<float>(1 / options_.lambda);
      for (std::size_t j = i + 1; j < items(); ++j) p(j, i) = p(i, j) *= -diagonal_[j];
    }
    return p;
  }

  [[nodiscard]] Row row_of(Customer customer, std::string_view where) const {
    const auto row = detail::row_of(data_, customer, where);
    return {row.items, options_.use_weights ? row.weights : std::span<const float>{}};
  }

  [[nodiscard]] std::vector<Recommendation> recommend_row(const Row& row, std::size_t k,
                                                          const RecommendFilter& filter) const {
    const detail::ItemFilter ready(filter, items());
    if (row.items.empty() || k == 0) return {};
    Matrix<float> scratch(1, weights_->scratch_size());
    TopK<float> best = weights_->best(row, k, ready, scratch.data());
    return detail::to_list(best);
  }

  void score_row(const Row& row, std::span<const Item> items, std::span<float> scores) const {
    detail::require_score_spans(items, scores, this->items());
    if (row.items.empty()) return detail::fill_unknown(scores);
    for (std::size_t i = 0; i < items.size(); ++i)
      scores[i] = weights_->score(row, index(items[i]));
  }

  [[nodiscard]] Explanation explain_row(const Row& row, Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "explain");
    if (row.items.empty()) return detail::unknown_explanation();
    Explanation explanation;
    explanation.score = weights_->score(row, index(item));
    double rest = static_cast<double>(explanation.score);
    for (std::size_t i = 0; i < row.items.size(); ++i) {
      const auto because = id_at<Item>(row.items[i]);
      const double amount = row.values.empty() ? 1.0 : static_cast<double>(row.values[i]);
      const auto share = static_cast<float>(amount * static_cast<double>(weight(because, item)));
      if (share == 0) continue;
      rest -= static_cast<double>(share);
      explanation.parts.push_back({because, share});
    }
    explanation.rest = static_cast<float>(rest);
    detail::keep_largest_parts(explanation, k);
    return explanation;
  }

  Interactions data_;
  EaseOptions options_;
  std::vector<float> diagonal_;                 // of P
  std::optional<detail::EaseWeights> weights_;  // there once the constructor is done
  const Kernels* kernels_;
};

static_assert(LoadableRecommender<EaseModel> && BatchRecommender<EaseModel> &&
              UpdatableRecommender<EaseModel>);

struct EaseFit {
  EaseModel model;
  EaseReport report;
};

/// Throws `invalid_option`; `invalid_shape` when the catalogue is too large for `max_bytes`;
/// `invalid_value` when `lambda` is too small against the interactions for single precision;
/// `stopped` when the progress callback, asked after X'X, says so: half an inverse is no model.
[[nodiscard]] inline EaseFit fit_ease(const Interactions& data, const EaseOptions& options = {},
                                      const Context& context = {}) {
  detail::check_ease_options(options);
  const std::size_t n = data.items();
  EaseReport report;
  report.bytes = ease_bytes(n);
  if (report.bytes > options.max_bytes) {
    throw Exception(ErrorCode::invalid_shape,
                    text("EASE of ", n, " items needs ", report.bytes,
                         " bytes, more than 'max_bytes' = ", options.max_bytes,
                         "; leave out rare items or take item neighbours or ALS"),
                    "fit_ease");
  }
  for (std::size_t i = 0; i < n; ++i) report.items += data.by_item().row_size(i) > 0 ? 1 : 0;

  Matrix<float> weights(n, n);
  report.pairs = options.use_weights
                     ? detail::item_gram<double>(data, options.lambda, context, weights)
                     : detail::item_gram<std::uint32_t>(data, options.lambda, context, weights);
  if (context.report({"ease", 1, 2}) == Go::stop) {
    throw Exception(ErrorCode::stopped, "the progress callback asked to stop", "fit_ease");
  }
  const auto imprecise = [] {
    return Exception(ErrorCode::invalid_value,
                     "the items' Gram matrix has no inverse in single precision: raise 'lambda' or "
                     "scale the weights down",
                     "fit_ease");
  };
  try {
    weights = invert_positive_definite(std::move(weights), context);
  } catch (const Exception& error) {
    if (error.code() != ErrorCode::invalid_value) throw;
    throw imprecise();
  }
  report.residual =
      detail::inverse_residual(data, options.use_weights, options.lambda, weights, context);
  constexpr double largest_residual = 0.01;
  if (!(report.residual <= largest_residual)) throw imprecise();

  std::vector<float> diagonal = detail::weights_of_inverse(weights, context);
  EaseFit fit{EaseModel(data, weights, options, std::move(diagonal), context.kernels), report};
  (void)context.report({"ease", 2, 2});
  return fit;
}

inline EaseModel EaseModel::update(const Interactions& data, const Context& context) const {
  detail::require_grown(data, customers(), items());
  const std::size_t n = data.items();
  const Csr<float>& old = data_.by_customer();
  const auto come = detail::new_ease_rows(old, data.by_customer(), options_.use_weights);
  const auto gone = detail::new_ease_rows(data.by_customer(), old, options_.use_weights);
  const bool nothing = !diagonal_.empty() && come.empty() && gone.empty() && n == items();
  if (nothing || context.report({"ease", 0, 2}) == Go::stop) {
    std::vector<float> diagonal = nothing ? diagonal_ : std::vector<float>{};
    return {data, weights_->dense(n), options_, std::move(diagonal), context.kernels};
  }
  constexpr std::size_t items_a_row = 8;
  if (!diagonal_.empty() && std::max(come.size(), gone.size()) <= n / items_a_row) {
    constexpr double largest_residual = 1e-4;
    Matrix<float> p = inverse_for(n);
    if (detail::change_ease_inverse(p, come, 1, context) &&
        detail::change_ease_inverse(p, gone, -1, context) &&
        detail::inverse_residual(data, options_.use_weights, options_.lambda, p, context) <=
            largest_residual) {
      std::vector<float> diagonal = detail::weights_of_inverse(p, context);
      return {data, p, options_, std::move(diagonal), context.kernels};
    }
  }
  try {
    return fit_ease(data, options_, context).model;
  } catch (const Exception& error) {
    if (error.code() != ErrorCode::stopped) throw;
    return {data, weights_->dense(n), options_, {}, context.kernels};
  }
}

}  // namespace emptor
