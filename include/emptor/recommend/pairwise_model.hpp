#pragma once
// The model that pairwise learning makes (recommend/bpr.hpp, recommend/warp.hpp): a customer's
// vector x, an item's vector v and bias b; the score is x'v + b.
//
// Scores order the items of one customer; they are no probabilities. An item nobody took keeps the
// low bias that it got as a negative, and is never recommended. Memory: the interactions and
// 4 (m + n) (f + 1) bytes, rows padded to 64. Thread safety: see recommender.hpp.

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
  std::size_t fold_in_epochs = 1;
  Matrix<float> customers;  // m x (f + 1), the last column 1
  Matrix<float> items;      // n x (f + 1), the last column the bias
  const Kernels* kernels = nullptr;
};
}  // namespace detail

/// A Recommender and a BatchRecommender; made by `fit_bpr` and `fit_warp`.
class PairwiseModel {
 public:
  static constexpr std::string_view archive_kind = "pairwise";

  explicit PairwiseModel(detail::PairwiseParts&& parts)
      : parts_(std::move(parts)), norms_(items()), taste_norms_(items()) {
    parts_.rule.catalogue = items();
    parts_.rule.weigh_ranks();
    bias_.reserve(items());
    for (std::size_t i = 0; i < items(); ++i) {
      const std::span<const float> row = parts_.items.row(i);
      bias_.push_back(row.back());
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

  /// Steps of the fit on a new row, from 0, against items that stay as they are: `fold_in_epochs`
  /// times each of the items, negatives from the whole catalogue. Weights do not count. The same
  /// items give the same bits. Not what the fit made of such a customer, since the fit moved the
  /// items, too, and drew other negatives; on Gowalla Recall@20 was .142 folded, .137 fitted (BPR),
  /// .134 and .141 (WARP).
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    FoldedCustomer folded = detail::fold_items(items, weights, this->items());
    if (folded.items.empty()) return folded;
    const std::vector<std::uint32_t> seen = detail::numbers_of(folded.items);
    const std::size_t f = parts_.items.columns() - 1;
    // The bias column takes part in dot products as a factor that the customer has 0 of.
    Matrix<float> x(1, f + 1);
    const detail::PairwiseItems<const float> fixed{parts_.items.data(), bias_.data(),
                                                   parts_.items.stride()};
    RandomStream random = parts_.rule.stream(detail::PairwiseStream::fold_in, 0);
    detail::PairwiseCounts counts;
    for (std::size_t epoch = 0; epoch < parts_.fold_in_epochs; ++epoch) {
      for (const std::uint32_t item : seen) {
        parts_.rule.learn(x.data(), item, fixed, seen, detail::WholeCatalogue{this->items()},
                          random, counts);
        x(0, f) = 0;
      }
    }
    x(0, f) = 1;
    folded.factors.assign(x.row(0).begin(), x.row(0).end());
    return folded;
  }

  /// Sections "rule": the loss and what `fold_in` needs; "factors": both matrices if they have
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
  std::vector<float> bias_;
  std::vector<float> norms_;        // 0: nobody took the item
  std::vector<float> taste_norms_;  // without the bias; 0 likewise
};

static_assert(LoadableRecommender<PairwiseModel> && BatchRecommender<PairwiseModel>);

struct PairwiseFit {
  PairwiseModel model;
  PairwiseReport report;
};

inline std::vector<std::byte> PairwiseModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& rule = writer.section("rule");
  rule.put(static_cast<std::uint8_t>(parts_.rule.loss));
  rule.put(parts_.rule.learning_rate);
  rule.put(parts_.rule.lambda);
  rule.put(parts_.rule.bias_lambda);
  rule.put(std::uint64_t{parts_.rule.tries});
  rule.put(parts_.rule.seed);
  rule.put(std::uint64_t{parts_.fold_in_epochs});
  SectionWriter& factors = writer.section("factors");
  factors.put(std::uint64_t{parts_.items.columns()});
  for (const Matrix<float>* matrix : {&parts_.customers, &parts_.items}) {
    if (matrix->rows() > 0) factors.put_matrix(*matrix);
  }
  put_interactions(writer.section("interactions"), parts_.data);
  return std::move(writer).finish();
}

inline Result<PairwiseModel> PairwiseModel::load(std::span<const std::byte> bytes,
                                                 const Kernels* kernels) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  detail::PairwiseParts parts;
  parts.kernels = kernels;

  Result<SectionReader> interactions = reader->section("interactions");
  if (!interactions) return interactions.error();
  parts.data = get_interactions(*interactions);
  if (Result<void> done = interactions->finish(); !done) return done.error();

  Result<SectionReader> factors = reader->section("factors");
  if (!factors) return factors.error();
  const auto columns = static_cast<std::size_t>(factors->get<std::uint64_t>());
  if (factors->require(columns >= 2 && columns <= 4097, "the number of factors is impossible")) {
    const auto read = [&](std::size_t rows) {
      return rows > 0 ? factors->get_matrix<float>() : Matrix<float>(0, columns);
    };
    parts.customers = read(parts.data.customers());
    parts.items = read(parts.data.items());
  }
  factors->require(parts.customers.rows() == parts.data.customers() &&
                       parts.items.rows() == parts.data.items() &&
                       parts.customers.columns() == columns && parts.items.columns() == columns,
                   "the factors do not fit the interactions");
  for (const Matrix<float>* matrix : {&parts.customers, &parts.items}) {
    bool finite = true;
    for (std::size_t r = 0; factors->ok() && r < matrix->rows(); ++r) {
      for (const float value : matrix->row(r)) finite = finite && std::isfinite(value);
    }
    factors->require(finite, "a factor is not a finite number");
  }
  if (Result<void> done = factors->finish(); !done) return done.error();

  Result<SectionReader> rule = reader->section("rule");
  if (!rule) return rule.error();
  const auto loss = rule->get<std::uint8_t>();
  rule->require(loss <= static_cast<std::uint8_t>(detail::PairwiseLoss::warp),
                "the loss is unknown");
  parts.rule.loss = static_cast<detail::PairwiseLoss>(loss);
  parts.rule.learning_rate = rule->get<double>();
  parts.rule.lambda = rule->get<double>();
  parts.rule.bias_lambda = rule->get<double>();
  parts.rule.tries = static_cast<std::size_t>(rule->get<std::uint64_t>());
  parts.rule.seed = rule->get<std::uint64_t>();
  parts.fold_in_epochs = static_cast<std::size_t>(rule->get<std::uint64_t>());
  rule->require(parts.rule.valid() && parts.fold_in_epochs >= 1 &&
                    parts.fold_in_epochs <= detail::most_fold_in_epochs,
                "the rule has impossible parameters");
  if (Result<void> done = rule->finish(); !done) return done.error();
  return PairwiseModel(std::move(parts));
}

}  // namespace emptor
