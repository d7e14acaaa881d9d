#pragma once
// The model that pairwise learning makes (recommend/bpr.hpp, recommend/warp.hpp): a customer's
// vector x, an item's vector v and bias b; the score is x'v + b.
//
// Scores order the items of one customer; they are no probabilities. An item nobody took keeps the
// low bias that it got as a negative, and is never recommended. Memory: the interactions and
// 4 (m + n) (f + 1) bytes, rows padded to 64. Making or loading one: n f^2 flops. Thread safety:
// see recommender.hpp.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/recommend/detail/factor_serving.hpp"
#include "emptor/recommend/detail/pairwise_fold.hpp"
#include "emptor/recommend/detail/pairwise_step.hpp"
#include "emptor/recommend/pairwise_result.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

namespace detail {
struct PairwiseParts {
  Interactions data;
  PairwiseRule rule;
  std::uint64_t epochs = 0;  // done so far, by the fit and by updates
  Matrix<float> customers;   // m x (f + 1), the last column 1
  Matrix<float> items;       // n x (f + 1), the last column the bias
  const Kernels* kernels = nullptr;
};
}  // namespace detail

/// A Recommender and a BatchRecommender; made by `fit_bpr` and `fit_warp`.
class PairwiseModel {
 public:
  static constexpr std::string_view archive_kind = "pairwise";

  explicit PairwiseModel(detail::PairwiseParts&& parts)
      : parts_(std::move(parts)),
        norms_(items()),
        taste_norms_(items()),
        fold_(parts_.items, parts_.customers, parts_.data.by_customer(), parts_.rule.lambda,
              parts_.kernels) {
    for (std::size_t i = 0; i < items(); ++i) {
      const std::span<const float> row = parts_.items.row(i);
      if (parts_.data.by_item().row_size(i) == 0) continue;
      norms_[i] = Serving::norm_of(row);
      taste_norms_[i] = Serving::norm_of(row.first(row.size() - 1));
    }
  }

  [[nodiscard]] std::string_view name() const noexcept {
    return parts_.rule.loss == detail::PairwiseLoss::warp ? "warp" : "bpr";
  }
  [[nodiscard]] std::size_t customers() const noexcept { return parts_.data.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return parts_.data.items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return parts_.data; }
  /// m x (f + 1), the last column 1; rows without interactions are 0.
  [[nodiscard]] const Matrix<float>& customer_factors() const noexcept { return parts_.customers; }
  /// n x (f + 1), the last column the bias.
  [[nodiscard]] const Matrix<float>& item_factors() const noexcept { return parts_.items; }

  /// O(n f).
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const auto row = detail::row_of(parts_.data, customer, "recommend");
    if (row.size() == 0) return {};
    return serving().top(row_of(customer), row.items, k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const Matrix<float> row = serving().row_of_folded(customer, "recommend");
    if (row.rows() == 0) return {};
    return serving().top(row.data(), detail::numbers_of(customer.items), k, filter);
  }
  /// See BatchRecommender; the same lists as `recommend`, several times faster a customer.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const {
    serving().batch(parts_.data, parts_.customers, customers, k, filter, context, out, counts);
  }

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    const auto row = detail::row_of(parts_.data, customer, "score");
    detail::require_score_spans(items, scores, this->items());
    if (row.size() == 0) return detail::fill_unknown(scores);
    serving().score(row_of(customer), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    const Matrix<float> row = serving().row_of_folded(customer, "score");
    detail::require_score_spans(items, scores, this->items());
    if (row.rows() == 0) return detail::fill_unknown(scores);
    serving().score(row.data(), items, scores);
  }

  /// By the cosine of the items' vectors, biases left out. O(n f).
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "similar_items");
    Matrix<float> query(1, parts_.items.columns());
    const auto row = parts_.items.row(index(item));
    std::copy_n(row.data(), row.size() - 1, query.data());
    return detail::FactorServing<float>{parts_.items, taste_norms_, parts_.kernels}.similar(
        item, query.data(), k);
  }

  /// The customer's vector as a sum of what the customer has, as well as it can be: the weights a
  /// that minimise |x - sum a_k v_k|^2 + r |a|^2, r being the mean |v_k|^2. A part is a_k v_k'v;
  /// `rest` holds the bias and what of x is not the items': learned from them by other ways, such
  /// as pushing away what the customer has not. O(n_u f^2 + f^3) in double.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    const auto row = detail::row_of(parts_.data, customer, "explain");
    detail::require_id(item, items(), "item", "explain");
    if (row.size() == 0) return detail::unknown_explanation();
    return explain_row(row_of(customer), row.items, item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    const Matrix<float> row = serving().row_of_folded(customer, "explain");
    detail::require_id(item, items(), "item", "explain");
    if (row.rows() == 0) return detail::unknown_explanation();
    return explain_row(row.data(), detail::numbers_of(customer.items), item, k);
  }

  /// The vector that minimises BPR's loss with the items as they are, in two rounds of least
  /// squares (detail/pairwise_fold.hpp), for WARP too. Weights do not count. Not what the fit made
  /// of such a customer, which moved the items, too, and drew negatives: on Gowalla Recall@20 was
  /// .135 folded and .134 fitted (BPR), .144 and .140 (WARP). O(n_u f^2 + f^3): with f = 64 some
  /// 13 microseconds for 27 items.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    FoldedCustomer folded = detail::fold_items(items, weights, this->items());
    if (folded.items.empty()) return folded;
    folded.factors = fold_.fold(parts_.items, detail::numbers_of(folded.items), parts_.kernels);
    return folded;
  }

  /// See UpdatableRecommender. Goes on from this model's factors: customers who changed start where
  /// `fold_in` puts them, rows that are new where a fit starts them, and the `update_epochs` of the
  /// options run over all of `data`. Another model than a fit's: on Gowalla with 5 % of the
  /// customers, 2 % of the items and 5 % of the other interactions new, Recall@20 after 10 epochs
  /// against that of a new fit was .142 and .136 for the new customers, .061 and .068 on the new
  /// items, .134 and .129 for the others (BPR); .141 and .145, .099 and .082, .131 and .140 (WARP).
  /// With the very same interactions the factors stay. Cost: update_epochs / epochs of a fit's.
  [[nodiscard]] PairwiseModel update(const Interactions& data, const Context& context = {}) const;

  /// Sections "rule": the loss and what `update` needs; "factors": both matrices if they have
  /// rows; "interactions".
  [[nodiscard]] std::vector<std::byte> save() const;
  /// `kernels` as in a Context; null: portable.
  [[nodiscard]] static Result<PairwiseModel> load(std::span<const std::byte> bytes,
                                                  const Kernels* kernels);
  [[nodiscard]] static Result<PairwiseModel> load(std::span<const std::byte> bytes) {
    return load(bytes, nullptr);
  }

 private:
  using Serving = detail::FactorServing<float>;

  [[nodiscard]] Serving serving() const noexcept { return {parts_.items, norms_, parts_.kernels}; }
  [[nodiscard]] const float* row_of(Customer customer) const noexcept {
    return parts_.customers.row(index(customer)).data();
  }

  [[nodiscard]] Explanation explain_row(const float* x, std::span<const std::uint32_t> seen,
                                        Item item, std::size_t k) const {
    const std::size_t f = parts_.items.columns() - 1;
    const auto dot = [f](const auto* a, const auto* b) {
      double sum = 0;
      for (std::size_t j = 0; j < f; ++j) sum += static_cast<double>(a[j]) * double(b[j]);
      return sum;
    };
    // a = V (V'V + r I)^-1 x.
    Matrix<double> normal(f, f);
    Matrix<double> y(1, f);
    double ridge = 0;
    for (const std::uint32_t one : seen) {
      const float* const v = parts_.items.row(one).data();
      ridge += dot(v, v) / static_cast<double>(seen.size());
      for (std::size_t p = 0; p < f; ++p) {
        for (std::size_t q = p; q < f; ++q) normal(p, q) += double(v[p]) * double(v[q]);
      }
    }
    Explanation out;
    serving().score(x, {&item, 1}, {&out.score, 1});
    double rest = static_cast<double>(out.score);
    for (std::size_t p = 0; p < f; ++p) {
      normal(p, p) += ridge;
      y(0, p) = static_cast<double>(x[p]);
    }
    const bool solved = ridge > 0 && linear_algebra_kernels<double>(nullptr).cholesky_solve(
                                         normal.data(), f, normal.stride(), y.data());
    const float* const target = parts_.items.row(index(item)).data();
    for (const std::uint32_t one : seen) {
      const float* const v = parts_.items.row(one).data();
      const auto share = static_cast<float>(solved ? dot(v, y.data()) * dot(v, target) : 0.0);
      out.parts.push_back({id_at<Item>(one), share});
      rest -= static_cast<double>(share);
    }
    out.rest = static_cast<float>(rest);
    detail::keep_largest_parts(out, k);
    return out;
  }

  detail::PairwiseParts parts_;
  std::vector<float> norms_;        // 0: nobody took the item
  std::vector<float> taste_norms_;  // without the bias; 0 likewise
  detail::PairwiseFold fold_;
};

static_assert(LoadableRecommender<PairwiseModel> && BatchRecommender<PairwiseModel> &&
              UpdatableRecommender<PairwiseModel>);

struct PairwiseFit {
  PairwiseModel model;
  PairwiseReport report;
};

}  // namespace emptor

#include "emptor/recommend/pairwise_model.ipp"
