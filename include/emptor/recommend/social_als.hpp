#pragma once
// Implicit matrix factorisation with trust or friend links: whom a customer follows pulls the
// customer's factors.
//
// A customer is x, an item v, both of f factors; the score is s = x'v. The fit minimises
//     sum over observed w (1 - s)^2  +  a0 * sum over all pairs s^2
//       + sum over rows of lambda (|row| + a0 n_opposite)^nu ||row||^2  +  beta * pull
// which is the loss of recommend/als.hpp and one of two pulls (SocialPull). `mean`, towards the
// mean of those whom the customer follows: Mohsen Jamali, Martin Ester, "A matrix factorization
// technique with trust propagation for recommendation in social networks", RecSys 2010,
// doi:10.1145/1864708.1864736. `pairs`, towards each of them by how alike the two are: Hao Ma,
// Dengyong Zhou, Chao Liu, Michael R. Lyu, Irwin King, "Recommender systems with social
// regularization", WSDM 2011, doi:10.1145/1935826.1935877. Both papers descend by gradient on
// ratings; here the rows are solved exactly, customers who share a term of the pull one after
// another (a colouring), so that the loss falls with every sweep.
//
// A customer without interactions is no evidence that nothing pleases: they take part in the pull
// only, and where links lead to customers who have something, they get factors and so lists. Only a
// customer with neither is unknown (see recommender.hpp).
//
// Time a sweep: that of ALS, and f flops an entry of the pull: two a link under `pairs`; under
// `mean` also the pairs followed by the same third one, so that hubs that follow thousands cost
// their square. Memory: factors, interactions, links, the pull's entries at 8 bytes. The same bits
// for any number of threads. Thread safety: a model may be read from any thread.

#include <algorithm>
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
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/detail/social_common.hpp"
#include "emptor/recommend/detail/social_fit.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/recommend/social_options.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"
#include "emptor/table/links.hpp"
#include "emptor/table/links_archive.hpp"

namespace emptor {

template <class T>
struct SocialAlsFit;

/// A fitted factorisation; a Recommender, a BatchRecommender and an UpdatableRecommender. T is
/// float or double.
template <class T>
class BasicSocialAlsModel {
 public:
  static constexpr std::string_view archive_kind =
      sizeof(T) == 4 ? "social-als" : "social-als-double";

  [[nodiscard]] std::string_view name() const noexcept { return "social als"; }
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
    const Matrix<T> row = row_of_folded(customer, "recommend");
    if (row.rows() == 0) return {};
    return serving().top(row.data(), detail::numbers_of(customer.items), k, filter);
  }
  /// See BatchRecommender; packs the items first.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const {
    serving().batch(data_, customer_factors_, customers, k, filter, context, out, counts);
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
    const Matrix<T> row = row_of_folded(customer, "score");
    detail::require_score_spans(items, scores, this->items());
    if (row.rows() == 0) return detail::fill_unknown(scores);
    serving().score(row.data(), items, scores);
  }

  /// By the cosine of the items' factors; items nobody took are similar to nothing. O(n f).
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "similar_items");
    return serving().similar(item, item_factors_.row(index(item)).data(), k);
  }

  /// What each of the customer's items adds to the score, w v_i' A^-1 v with A the customer's
  /// normal matrix. `rest` holds what the links add: `explain_friends` says by whom.
  /// O(n_u f^2 + f^3) in double.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    const auto row = detail::row_of(data_, customer, "explain");
    detail::require_id(item, items(), "item", "explain");
    if (!known(customer)) return detail::unknown_explanation();
    return explain_items(factors_of(customer), row, pull_of(customer), item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    const Matrix<T> row = row_of_folded(customer, "explain");
    detail::require_id(item, items(), "item", "explain");
    if (row.rows() == 0) return detail::unknown_explanation();
    const auto numbers = detail::numbers_of(customer.items);
    return explain_items(row.data(), {numbers, customer.weights}, T(customer.factors.back()), item,
                         k);
  }

  /// What each customer at the other end of the pull adds: whom the customer follows, who follows
  /// them, and under `mean` who is followed together with them. `items` and the parts' sum make the
  /// score but for `rest`, which vanishes as the fit converges.
  [[nodiscard]] FriendExplanation explain_friends(Customer customer, Item item,
                                                  std::size_t k) const {
    const auto row = detail::row_of(data_, customer, "explain_friends");
    detail::require_id(item, items(), "item", "explain_friends");
    std::vector<std::pair<std::uint32_t, double>> from;
    const auto with = graph_.others.row_indices(index(customer));
    for (std::size_t i = 0; i < with.size(); ++i) {
      from.emplace_back(with[i],
                        -options_.beta * double(graph_.others.row_values(index(customer))[i]));
    }
    return explain_from(known(customer) ? factors_of(customer) : nullptr, row, pull_of(customer),
                        from, item, k);
  }
  /// The same for a customer folded in with these friends.
  [[nodiscard]] FriendExplanation explain_friends(const FoldedCustomer& customer,
                                                  std::span<const Customer> friends,
                                                  std::span<const float> link_weights, Item item,
                                                  std::size_t k) const {
    const Matrix<T> row = row_of_folded(customer, "explain_friends");
    detail::require_id(item, items(), "item", "explain_friends");
    const auto numbers = detail::numbers_of(customer.items);
    return explain_from(row.rows() == 0 ? nullptr : row.data(), {numbers, customer.weights},
                        row.rows() == 0 ? T{0} : T(customer.factors.back()),
                        pulls_of(numbers, friends, link_weights), item, k);
  }

  /// The row solve of the fit for someone new without links.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return fold_in(items, weights, {}, {});
  }
  /// The same for someone who follows `friends`, customers of the fit, whose factors stay as they
  /// are. `link_weights` empty: all 1; a friend given twice counts twice. Throws `out_of_range`,
  /// `invalid_shape`, `invalid_value`. The result's `factors` are x and behind it the strength of
  /// the pull.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items, std::span<const float> weights,
                                       std::span<const Customer> friends,
                                       std::span<const float> link_weights = {}) const;

  /// A fit to `data` from this model's factors, with options().update_sweeps sweeps: like a fit
  /// anew, but not the same. New customers have no links.
  [[nodiscard]] BasicSocialAlsModel update(const Interactions& data,
                                           const Context& context = {}) const {
    return update(data, links_.grown(std::max(data.customers(), links_.customers())), context);
  }
  /// The same with the links as they are now, among the customers of `data`.
  [[nodiscard]] BasicSocialAlsModel update(const Interactions& data, const Links& links,
                                           const Context& context = {}) const;

  [[nodiscard]] std::vector<std::byte> save() const;
  /// `kernels` as in a Context; null: portable.
  [[nodiscard]] static Result<BasicSocialAlsModel> load(std::span<const std::byte> bytes,
                                                        const Kernels* kernels);
  [[nodiscard]] static Result<BasicSocialAlsModel> load(std::span<const std::byte> bytes) {
    return load(bytes, nullptr);
  }

  /// m x f and n x f, in the eigenbasis of the items' Gramian. Rows of unknown customers and of
  /// items that nobody took are 0.
  [[nodiscard]] const Matrix<T>& customer_factors() const noexcept { return customer_factors_; }
  [[nodiscard]] const Matrix<T>& item_factors() const noexcept { return item_factors_; }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  [[nodiscard]] const Links& links() const noexcept { return links_; }
  [[nodiscard]] const SocialAlsOptions& options() const noexcept { return options_; }

 private:
  template <class U>
  friend SocialAlsFit<U> fit_social_als(const Interactions&, const Links&, const SocialAlsOptions&,
                                        const Context&);

  BasicSocialAlsModel(Interactions data, Links links, const SocialAlsOptions& options,
                      detail::SocialGraph graph, const Kernels* kernels)
      : data_(std::move(data)),
        links_(std::move(links)),
        options_(options),
        graph_(std::move(graph)),
        kernels_(kernels) {}

  void take(Matrix<T> customers, Matrix<T> items, std::vector<T> spectrum) {
    customer_factors_ = std::move(customers);
    item_factors_ = std::move(items);
    spectrum_ = std::move(spectrum);
    item_norms_.resize(item_factors_.rows());
    for (std::size_t i = 0; i < item_norms_.size(); ++i) {
      item_norms_[i] = detail::FactorServing<T>::norm_of(item_factors_.row(i));
    }
  }
  /// Sweeps from what the fitter holds.
  void run(detail::SocialFitter<T>& fitter, std::size_t sweeps, const Context& context,
           SocialAlsReport& report);

  [[nodiscard]] detail::FactorServing<T> serving() const noexcept {
    return {item_factors_, item_norms_, kernels_};
  }
  [[nodiscard]] const T* factors_of(Customer customer) const noexcept {
    return customer_factors_.row(index(customer)).data();
  }
  [[nodiscard]] bool known(Customer customer) const noexcept {
    if (data_.by_customer().row_size(index(customer)) > 0) return true;
    for (const T value : customer_factors_.row(index(customer))) {
      if (value != 0) return true;
    }
    return false;
  }
  [[nodiscard]] T pull_of(Customer customer) const noexcept {
    return static_cast<T>(options_.beta) * static_cast<T>(graph_.own[index(customer)]);
  }
  /// The folded customer's factors padded as a matrix row, or an empty matrix for an unknown one.
  [[nodiscard]] Matrix<T> row_of_folded(const FoldedCustomer& customer,
                                        std::string_view where) const;
  /// Friends and what their factors count in a folded customer's pull; their sum is its strength.
  [[nodiscard]] std::vector<std::pair<std::uint32_t, double>> pulls_of(
      std::span<const std::uint32_t> items, std::span<const Customer> friends,
      std::span<const float> link_weights) const;
  /// inverse(A) v for the customer's normal matrix A, in double.
  [[nodiscard]] Matrix<double> influence(const detail::CustomerRow<std::uint32_t>& row, T pull,
                                         Item item) const;
  [[nodiscard]] double share_of(const Matrix<double>& influence, std::span<const T> factors) const {
    double share = 0;
    for (std::size_t j = 0; j < factors.size(); ++j) share += double(factors[j]) * influence(0, j);
    return share;
  }
  [[nodiscard]] double weight_of(const detail::CustomerRow<std::uint32_t>& row,
                                 std::size_t i) const {
    return options_.use_weights ? double(row.weights[i]) : 1.0;
  }
  [[nodiscard]] Explanation explain_items(const T* factors,
                                          const detail::CustomerRow<std::uint32_t>& row, T pull,
                                          Item item, std::size_t k) const;
  [[nodiscard]] FriendExplanation explain_from(
      const T* factors, const detail::CustomerRow<std::uint32_t>& row, T pull,
      const std::vector<std::pair<std::uint32_t, double>>& from, Item item, std::size_t k) const;

  Interactions data_;
  Links links_;
  SocialAlsOptions options_;
  detail::SocialGraph graph_;
  const Kernels* kernels_ = nullptr;
  Matrix<T> customer_factors_;
  Matrix<T> item_factors_;
  std::vector<T> spectrum_;    // a0 times the eigenvalues of the items' Gramian, 1 in the padding
  std::vector<T> item_norms_;  // 0: nobody took the item
};

using SocialAlsModel = BasicSocialAlsModel<float>;

template <class T>
struct SocialAlsFit {
  BasicSocialAlsModel<T> model;
  SocialAlsReport report;
};

/// Fits; `links` are among the customers of `data`. Progress is asked after every sweep; being
/// stopped gives the model as it stands. Throws `invalid_option`, `invalid_shape` when links and
/// data have not the same customers, `invalid_value` when the factors leave the range of T.
template <class T = float>
[[nodiscard]] SocialAlsFit<T> fit_social_als(const Interactions& data, const Links& links,
                                             const SocialAlsOptions& options = {},
                                             const Context& context = {});

}  // namespace emptor

#include "emptor/recommend/social_als.ipp"
