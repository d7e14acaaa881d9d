#pragma once
// Implicit matrix factorisation that knows features of customers and items, so that it can serve
// customers and items without interactions.
//
// A customer is x, an item v, both of f factors, the score is s = x'v; every feature of customers
// or items has f factors too, and a row is held to the sum of its features' (times their values):
//     sum over observed w (1 - s)^2  +  a0 * sum over pairs of rows with interactions s^2
//       + sum over rows of lambda (|row| + a0 n_opposite)^nu ||row - sum of its features||^2
//       + feature_lambda * sum over features ||feature||^2
// A row without interactions is the sum of its features. The loss but for the features is that of
// recommend/als.hpp. Rows held to a regression on features: Deepak Agarwal, Bee-Chung Chen,
// "Regression-based latent factor models", KDD 2009, doi:10.1145/1557019.1557029; rows that are
// sums of features' factors: Maciej Kula, "Metadata embeddings for user and item cold-start
// recommendations" (LightFM), CBRecSys 2015, arXiv:1507.08439. Solved by alternating: features by
// conjugate gradients, items, customers; the loss never rises but by rounding.
//
// Time a sweep: that of recommend/als.hpp without its batches, and 8 f flops a step and entry of
// the features. Memory: factors of rows and features, their means, interactions, features. The same
// bits for any number of threads. Thread safety: a model may be read from any thread.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/recommend/detail/factor_serving.hpp"
#include "emptor/recommend/detail/feature_fit.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/feature_als_options.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/feature_matrix.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

struct FeatureAlsFit;

/// A fitted factorisation; a Recommender, a BatchRecommender and an UpdatableRecommender. Customers
/// and items with features are known without any interaction.
class FeatureAlsModel {
 public:
  static constexpr std::string_view archive_kind = "feature-als";

  [[nodiscard]] std::string_view name() const noexcept { return "feature als"; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }

  /// O(n f).
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const auto row = detail::row_of(data_, customer, "recommend");
    if (!known(customer)) return {};
    return serving().top(factors_of(customer), row.items, k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const Matrix<float> row = row_of_folded(customer, "recommend");
    if (row.rows() == 0) return {};
    return serving().top(row.data(), detail::numbers_of(customer.items), k, filter);
  }
  /// See BatchRecommender; packs the items first.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const {
    serving().batch(data_, factors_.customers, customers, k, filter, context, out, counts);
    // The batch leaves out customers without interactions.
    parallel_chunks(context, customers.size(), 64, [&](std::size_t begin, std::size_t end) {
      for (std::size_t c = begin; c < end; ++c) {
        if (data_.by_customer().row_size(index(customers[c])) > 0) continue;
        const auto list = recommend(customers[c], k, filter);
        std::copy(list.begin(), list.end(), out.begin() + static_cast<std::ptrdiff_t>(c * k));
        counts[c] = static_cast<std::uint32_t>(list.size());
      }
    });
  }

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    (void)detail::row_of(data_, customer, "score");
    detail::require_score_spans(items, scores, this->items());
    if (!known(customer)) return detail::fill_unknown(scores);
    serving().score(factors_of(customer), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    const Matrix<float> row = row_of_folded(customer, "score");
    detail::require_score_spans(items, scores, this->items());
    if (row.rows() == 0) return detail::fill_unknown(scores);
    serving().score(row.data(), items, scores);
  }

  /// By the cosine of the items' factors; items nobody took and without features are similar to
  /// nothing. O(n f).
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "similar_items");
    return serving().similar(item, factors_.items.row(index(item)).data(), k);
  }

  /// What each of the customer's items adds to the score, w v_i' A^-1 v with A the customer's
  /// normal matrix; `rest` is what the customer's features add. O(n_u f^2 + f^3) in double.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    const auto row = detail::row_of(data_, customer, "explain");
    detail::require_id(item, items(), "item", "explain");
    if (!known(customer)) return detail::unknown_explanation();
    return explain_items(factors_of(customer), row, item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    const Matrix<float> row = row_of_folded(customer, "explain");
    detail::require_id(item, items(), "item", "explain");
    if (row.rows() == 0) return detail::unknown_explanation();
    const auto numbers = detail::numbers_of(customer.items);
    return explain_items(row.data(), {numbers, customer.weights}, item, k);
  }
  /// What each of the item's features adds to the score; `rest` is what the item is beyond them.
  [[nodiscard]] FeatureExplanation explain_features(Customer customer, Item item,
                                                    std::size_t k) const {
    (void)detail::row_of(data_, customer, "explain_features");
    detail::require_id(item, items(), "item", "explain_features");
    return explain_item_features(known(customer) ? factors_of(customer) : nullptr, item, k);
  }
  [[nodiscard]] FeatureExplanation explain_features(const FoldedCustomer& customer, Item item,
                                                    std::size_t k) const {
    const Matrix<float> row = row_of_folded(customer, "explain_features");
    detail::require_id(item, items(), "item", "explain_features");
    return explain_item_features(row.rows() == 0 ? nullptr : row.data(), item, k);
  }

  /// The row solve of the fit for someone new of whom no features are known.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return fold_in(items, weights, {});
  }
  /// The same for someone with features, of the numbers of `features().customers`; a feature given
  /// twice adds up. Throws `out_of_range`, `invalid_shape`, `invalid_value`.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items, std::span<const float> weights,
                                       std::span<const FeatureValue> features) const;

  /// A fit to `data` from this model's factors, with options().update_sweeps sweeps: like a fit
  /// anew, but not the same. New customers and items have no features.
  [[nodiscard]] FeatureAlsModel update(const Interactions& data, const Context& context = {}) const;
  /// The same with the features as they are now. Features keep their numbers, new ones come after
  /// them: else `invalid_value`.
  [[nodiscard]] FeatureAlsModel update(const Interactions& data, const SideFeatures& features,
                                       const Context& context = {}) const;

  [[nodiscard]] std::vector<std::byte> save() const;
  /// `kernels` as in a Context; null: portable.
  [[nodiscard]] static Result<FeatureAlsModel> load(std::span<const std::byte> bytes,
                                                    const Kernels* kernels);
  [[nodiscard]] static Result<FeatureAlsModel> load(std::span<const std::byte> bytes) {
    return load(bytes, nullptr);
  }

  /// Rows x f, in the eigenbasis of the items' Gramian.
  [[nodiscard]] const Matrix<float>& customer_factors() const noexcept {
    return factors_.customers;
  }
  [[nodiscard]] const Matrix<float>& item_factors() const noexcept { return factors_.items; }
  [[nodiscard]] const Matrix<float>& customer_feature_factors() const noexcept {
    return factors_.customer_features;
  }
  [[nodiscard]] const Matrix<float>& item_feature_factors() const noexcept {
    return factors_.item_features;
  }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  [[nodiscard]] const SideFeatures& features() const noexcept { return features_; }
  [[nodiscard]] const FeatureAlsOptions& options() const noexcept { return options_; }

 private:
  friend FeatureAlsFit fit_feature_als(const Interactions&, const SideFeatures&,
                                       const FeatureAlsOptions&, const Context&);

  FeatureAlsModel(Interactions data, SideFeatures features, const FeatureAlsOptions& options,
                  const Kernels* kernels)
      : data_(std::move(data)),
        features_(std::move(features)),
        options_(options),
        kernels_(kernels) {}

  void take(detail::FeatureFactors factors) {
    factors_ = std::move(factors);
    item_norms_.resize(factors_.items.rows());
    for (std::size_t i = 0; i < item_norms_.size(); ++i) {
      item_norms_[i] = detail::FactorServing<float>::norm_of(factors_.items.row(i));
    }
  }
  /// Sweeps from these factors.
  void run(detail::FeatureFactors from, std::size_t sweeps, bool fresh, const Context& context,
           FeatureAlsReport& report);

  [[nodiscard]] detail::FactorServing<float> serving() const noexcept {
    return {factors_.items, item_norms_, kernels_};
  }
  [[nodiscard]] const float* factors_of(Customer customer) const noexcept {
    return factors_.customers.row(index(customer)).data();
  }
  [[nodiscard]] bool known(Customer customer) const noexcept {
    if (data_.by_customer().row_size(index(customer)) > 0) return true;
    for (const float value : factors_.customers.row(index(customer))) {
      if (value != 0) return true;
    }
    return false;
  }
  /// The folded customer's factors padded as a matrix row, or an empty matrix for an unknown one.
  [[nodiscard]] Matrix<float> row_of_folded(const FoldedCustomer& customer,
                                            std::string_view where) const {
    (void)detail::row_of(customer, items(), where);
    if (customer.items.empty() && customer.factors.empty()) return {};
    if (customer.factors.size() != factors_.items.columns()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("a customer folded into this model has ", factors_.items.columns(),
                           " factors, got ", customer.factors.size()),
                      std::string(where));
    }
    Matrix<float> row(1, customer.factors.size());
    std::copy(customer.factors.begin(), customer.factors.end(), row.row(0).begin());
    return row;
  }
  [[nodiscard]] Explanation explain_items(const float* factors,
                                          const detail::CustomerRow<std::uint32_t>& row, Item item,
                                          std::size_t k) const;

  /// `factors` null: of a customer of whom nothing is known.
  [[nodiscard]] FeatureExplanation explain_item_features(const float* factors, Item item,
                                                         std::size_t k) const;

  Interactions data_;
  SideFeatures features_;
  FeatureAlsOptions options_;
  const Kernels* kernels_ = nullptr;
  detail::FeatureFactors factors_;
  std::vector<float> item_norms_;  // 0: nobody took the item, and it has no features
};

struct FeatureAlsFit {
  FeatureAlsModel model;
  FeatureAlsReport report;
};

/// Fits. Progress is asked after every sweep; being stopped gives the model as it stands. Throws
/// `invalid_option`, `invalid_shape` when features are of another number of rows, `invalid_value`
/// when the factors leave the range of float.
[[nodiscard]] FeatureAlsFit fit_feature_als(const Interactions& data,
                                            const SideFeatures& features = {},
                                            const FeatureAlsOptions& options = {},
                                            const Context& context = {});

}  // namespace emptor

#include "emptor/recommend/feature_als.ipp"
