#pragma once
// Implicit-feedback matrix factorisation by alternating least squares.
//
// A customer is x, an item v, both of f factors; the score is s = x'v. The fit minimises
//     sum over observed w (1 - s)^2  +  a0 * sum over all pairs s^2
//       + sum over rows of lambda (|row| + a0 n_opposite)^nu ||row||^2
// where |row| counts the row's interactions and n_opposite the rows of the other side.
// Yifan Hu, Yehuda Koren, Chris Volinsky, "Collaborative filtering for implicit feedback datasets",
// ICDM 2008, doi:10.1109/ICDM.2008.22; frequency-scaled regularisation and good values: Steffen
// Rendle, Walid Krichene, Li Zhang, Yehuda Koren, "Revisiting the performance of iALS on item
// recommendation benchmarks", RecSys 2022, doi:10.1145/3523227.3548486.
//
// How it is solved: with the Gramian V'V = Q L Q' of the opposite side, all factors are turned by Q
// (scores do not change). A row's normal matrix is then D + B'B with D = a0 L + ridge diagonal and
// B the row's n opposite vectors, each times sqrt(w). By Woodbury's identity a row with n < 3f/4
// needs an n x n system only, (I + B D^-1 B') y = sqrt(w), x = D^-1 B' y; longer rows take the f x
// f one. A sweep solves the items, then the customers, so a fitted customer is exactly what
// `fold_in` makes of the customer's items, and explanations add up.
//
// Other solvers: conjugate gradients from the last sweep's factors, preconditioned by the diagonal,
// which the eigenbasis makes dominant (Gabor Takacs, Istvan Pilaszy, Domonkos Tikk, "Applications
// of the conjugate gradient method for implicit feedback collaborative filtering", RecSys 2011,
// doi:10.1145/2043932.2043987); blocks of factors by Newton's step, each interaction's prediction
// kept up to date (Steffen Rendle, Walid Krichene, Li Zhang, Yehuda Koren, "iALS++: speeding up
// matrix factorization with subspace optimization", 2021, arXiv:2110.14044). Both solve short rows
// exactly, which is cheaper, and both end with an exact solve of the customers.
//
// Time a sweep, both sides: exact, sum over rows of min(n^2 f, n f^2) + f^3 for longer ones;
// conjugate gradients 4 n f (steps + 1) for rows n >= 4 (steps + 1); blocks of b n f b + f b^2 for
// rows n >= 3b/4; and 2 (m + n) f^2 + 10 f^3 for the bases. Memory: factors, the interactions, and
// a thread's als_workspace(f), with blocks two scalars an interaction of the longest row if that is
// more. The same bits for any number of threads, within one build and one Isa. Thread safety: a
// model may be read from any thread.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/kernels.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/recommend/als_result.hpp"
#include "emptor/recommend/kernels_bfloat16.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

/// How the rows of a sweep are solved; the loss and what a fitted model does are the same.
enum class AlsSolver : std::uint8_t {
  exact,               ///< to the minimum
  conjugate_gradient,  ///< some steps towards it: least cost a sweep, some more sweeps
  block,               ///< block by block of the factors, iALS++: for many factors, long rows
};

struct AlsOptions {
  std::size_t factors = 64;        ///< f, 1 to 4096; accuracy and cost grow with it
  std::size_t sweeps = 16;         ///< over both sides, at least 1; 8 to 16 are usual
  double unobserved_weight = 0.1;  ///< a0 >= 0: weight of "no interaction" against "interaction";
                                   ///< less for larger catalogues; 0.003 to 1 are tried usually
  double lambda = 0.003;           ///< > 0: regularisation
  double nu = 1;                   ///< 0 to 2: 0 regularises all rows alike, 1 by frequency
  bool use_weights = false;        ///< w is the interaction's weight; else 1
  double initial_deviation = 0.1;  ///< > 0: standard deviation of start values is this / sqrt(f)
  std::uint64_t seed = 1;          ///< of the start values
  bool trace_loss = false;         ///< report the loss after each sweep (costs 2 f flops an entry)
  AlsSolver solver = AlsSolver::exact;
  std::size_t cg_steps = 3;  ///< steps a row of conjugate_gradient, at least 1
  std::size_t block = 64;    ///< factors at once of block, at least 1; rounded up to 16's
};

namespace detail {
template <class T, class Stored = T>
struct AlsParts;
template <class T>
struct AlsFitter;
template <class T, class Stored>
struct FactorServing;
}  // namespace detail

/// A fitted factorisation; a Recommender, a BatchRecommender and an UpdatableRecommender. T is
/// float or double. Stored, what the factors are kept as, is T, or for serving alone Bfloat16.
template <class T, class Stored = T>
class BasicAlsModel {
 public:
  static constexpr std::string_view archive_kind = sizeof(Stored) == 2   ? "als-bfloat16"
                                                   : sizeof(Stored) == 4 ? "als"
                                                                         : "als-double";

  [[nodiscard]] std::string_view name() const noexcept { return "als"; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }

  /// O(n f), about 2 to 10 bytes of item factors a nanosecond.
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const;
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const;

  /// See BatchRecommender; the same lists as `recommend`, several times faster a customer. Packs
  /// the items first: n f elements of memory, best for a thousand customers a call and more.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const;

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const;
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const;

  /// By the cosine of the items' factors; items nobody took are similar to nothing. O(n f).
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const;

  /// Hu, Koren, Volinsky (2008), section 5: what each of the customer's items adds to the score,
  /// w v_i' A^-1 v with A the customer's normal matrix. `rest` beyond the parts left out is
  /// rounding. O(n_u f^2 + f^3) in double, some 0.1 ms at f = 64.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const;
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item, std::size_t k) const;

  /// The row solve of the fit for someone new; some microseconds for a usual row.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const;

  /// A warm start: the customers whose rows changed are solved, then the items whose rows changed,
  /// then all customers, which keeps them what fold_in makes of them. Other items stay as they are
  /// until their own rows change, so the outcome is near a fit, not that fit: with a twentieth more
  /// interactions its loss is within 1 % of one fitted anew. Fit anew when much has changed.
  /// Costs half a sweep of the exact solver and the rows that changed. Stopped, items stay as they
  /// were (those that are new are in no list). No change gives the same model. Throws as fit_als
  /// does, and `invalid_shape`. Uses the context's kernels, or else the model's.
  [[nodiscard]] BasicAlsModel update(const Interactions& data, const Context& context = {}) const
    requires std::same_as<T, Stored>;

  /// The same model with factors of half the bytes (a quarter of double's), for serving: it does
  /// all but `update`. Each factor is rounded to 8 bits of precision, 2^-8 of itself at most, so
  /// scores move by some thousandths and near ties may swap.
  [[nodiscard]] BasicAlsModel<T, Bfloat16> compact() const
    requires std::same_as<T, Stored>;

  [[nodiscard]] std::vector<std::byte> save() const;
  /// `kernels` as in a Context; null: portable.
  [[nodiscard]] static Result<BasicAlsModel> load(std::span<const std::byte> bytes,
                                                  const Kernels* kernels);
  [[nodiscard]] static Result<BasicAlsModel> load(std::span<const std::byte> bytes) {
    return load(bytes, nullptr);
  }

  /// m x f and n x f, in the eigenbasis of the items' Gramian. Rows without interactions are 0.
  [[nodiscard]] const Matrix<Stored>& customer_factors() const noexcept {
    return customer_factors_;
  }
  [[nodiscard]] const Matrix<Stored>& item_factors() const noexcept { return item_factors_; }
  /// What it was fitted on.
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  /// What it was fitted with; `trace_loss` is not kept by `save`.
  [[nodiscard]] const AlsOptions& options() const noexcept { return options_; }

 private:
  template <class U>
  friend struct detail::AlsFitter;
  template <class U, class V>
  friend class BasicAlsModel;

  explicit BasicAlsModel(detail::AlsParts<T, Stored>&& parts);

  [[nodiscard]] T ridge(std::size_t interactions) const;
  [[nodiscard]] detail::FactorServing<T, Stored> serving() const noexcept;
  [[nodiscard]] Explanation explain_row(const T* factors, std::span<const std::uint32_t> seen,
                                        std::span<const float> weights, Item item,
                                        std::size_t k) const;

  Interactions data_;
  AlsOptions options_;
  Matrix<Stored> customer_factors_;
  Matrix<Stored> item_factors_;
  std::vector<T> spectrum_;    // a0 L, `stride` elements, 1 in the padding
  std::vector<T> item_norms_;  // 0: nobody took the item
  const Kernels* kernels_ = nullptr;
};

using AlsModel = BasicAlsModel<float>;
using CompactAlsModel = BasicAlsModel<float, Bfloat16>;

template <class T>
struct AlsFit {
  BasicAlsModel<T> model;
  AlsReport report;
};

/// Fits; `fit_als(data, {.factors = 128}, context)`. Progress is asked after every sweep; being
/// stopped gives the model as it stands. Throws `invalid_option`, or `invalid_value` when the
/// factors leave the range of T (weights too large for `lambda`).
template <class T = float>
[[nodiscard]] AlsFit<T> fit_als(const Interactions& data, const AlsOptions& options = {},
                                const Context& context = {});

}  // namespace emptor

#if defined(EMPTOR_HAS_INSTANCES)
namespace emptor {
extern template class BasicAlsModel<float>;
extern template class BasicAlsModel<double>;
extern template class BasicAlsModel<float, Bfloat16>;
extern template AlsFit<float> fit_als<float>(const Interactions&, const AlsOptions&,
                                             const Context&);
extern template AlsFit<double> fit_als<double>(const Interactions&, const AlsOptions&,
                                               const Context&);
}  // namespace emptor
#else
#include "emptor/recommend/als.ipp"
#endif
