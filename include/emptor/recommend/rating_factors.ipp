#pragma once
// Bodies of recommend/rating_factors.hpp: what the fitted model answers.

#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/recommend/detail/rating_rows.hpp"
#include "emptor/recommend/rating_factors.hpp"

namespace emptor {
namespace detail {

inline bool all_finite(const Matrix<float>& matrix) {
  bool finite = true;
  for (std::size_t r = 0; r < matrix.rows(); ++r) {
    for (const float value : matrix.row(r)) finite = finite && std::isfinite(value);
  }
  return finite;
}

/// Nothing, or what is wrong with the parts.
inline std::string_view rating_parts_fault(const RatingFactorsParts& parts) {
  const std::size_t m = parts.data.customers();
  const std::size_t n = parts.data.items();
  const std::size_t f = parts.items.columns();
  const bool plus = parts.method == RatingMethod::svd_pp;
  if (f < 1 || f > 4096) return "the number of factors is impossible";
  if (parts.customers.rows() != m || parts.items.rows() != n || parts.customers.columns() != f ||
      parts.customer_biases.size() != m || parts.item_biases.size() != n ||
      parts.implicit.rows() != (plus ? n : 0) || (plus && parts.implicit.columns() != f)) {
    return "factors and biases do not fit the ratings";
  }
  bool finite = all_finite(parts.customers) && all_finite(parts.items) &&
                all_finite(parts.implicit) && std::isfinite(parts.mean);
  for (const float bias : parts.customer_biases) finite = finite && std::isfinite(bias);
  for (const float bias : parts.item_biases) finite = finite && std::isfinite(bias);
  if (!finite) return "a factor or bias is not a finite number";
  const RatingTraining& training = parts.training;
  const auto within = [](double value, double most) { return value > 0 && value <= most; };
  if (!within(training.learning_rate, 1) || !within(training.decay, 1) ||
      !within(training.implicit_lambda * training.learning_rate, 1) ||
      !within(training.initial_deviation, 10) || training.sweeps < 1) {
    return "the options of updates are impossible";
  }
  for (const double positive : {parts.spread, parts.lambda, parts.bias_lambda}) {
    if (!(positive > 0) || std::isinf(positive)) return "the loss has impossible parameters";
  }
  return {};
}

}  // namespace detail

inline RatingFactorsModel::RatingFactorsModel(RatingFactorsParts parts, const Kernels* kernels)
    : parts_(std::move(parts)), kernels_(kernels) {
  if (const std::string_view fault = detail::rating_parts_fault(parts_); !fault.empty()) {
    throw Exception(ErrorCode::invalid_value, std::string(fault), "RatingFactorsModel");
  }
  for (std::size_t i = 0; i < items(); ++i) {
    double square = 0;
    for (const float value : parts_.items.row(i)) square += double{value} * double{value};
    item_norms_.push_back(static_cast<float>(std::sqrt(square)));
  }
}

inline RatingFactorsModel::Taste RatingFactorsModel::taste_of(Customer customer) const {
  const std::size_t c = index(customer);
  return {parts_.customer_biases[c], parts_.customers.data() + c * parts_.customers.stride(), {}};
}

inline RatingFactorsModel::Taste RatingFactorsModel::taste_of(const FoldedCustomer& customer,
                                                              std::string_view where) const {
  (void)detail::rated_row_of(customer, items(), factors(), parts_.data.scale(), where);
  Taste taste;
  taste.own = Matrix<float>(1, factors());
  taste.factors = taste.own.data();
  if (!customer.factors.empty()) {
    taste.bias = customer.factors.front();
    std::copy(customer.factors.begin() + 1, customer.factors.end(), taste.own.data());
  }
  return taste;
}

__attribute__((noinline)) inline void RatingFactorsModel::scores_of(const Taste& taste,
                                                                    const std::uint32_t* ids,
                                                                    std::size_t first,
                                                                    std::size_t count,
                                                                    float* out) const {
  const auto& algebra = linear_algebra_kernels<float>(kernels_);
  const std::size_t stride = parts_.items.stride();
  if (ids != nullptr) {
    algebra.dot_gathered(taste.factors, parts_.items.data(), stride, ids, count, stride, out);
  } else {
    algebra.dot_rows(taste.factors, parts_.items.data() + first * stride, stride, count, stride,
                     out);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t item = ids != nullptr ? ids[i] : first + i;
    const double sum = double{taste.bias} + double{parts_.item_biases[item]} + double{out[i]};
    out[i] = static_cast<float>(parts_.mean + parts_.spread * sum);
  }
}

inline float RatingFactorsModel::predict(Customer customer, Item item) const {
  detail::require_id(customer, customers(), "customer", "predict");
  float score = 0;
  score_items(taste_of(customer), {&item, 1}, {&score, 1});
  return parts_.clip ? parts_.data.scale().clip(score) : score;
}

inline float RatingFactorsModel::predict(const FoldedCustomer& customer, Item item) const {
  float score = 0;
  score_items(taste_of(customer, "predict"), {&item, 1}, {&score, 1});
  return parts_.clip ? parts_.data.scale().clip(score) : score;
}

inline void RatingFactorsModel::score_items(const Taste& taste, std::span<const Item> items,
                                            std::span<float> scores) const {
  detail::require_score_spans(items, scores, this->items());
  constexpr std::size_t block = 256;
  std::uint32_t ids[block];
  for (std::size_t first = 0; first < items.size(); first += block) {
    const std::size_t count = std::min(block, items.size() - first);
    for (std::size_t i = 0; i < count; ++i) ids[i] = static_cast<std::uint32_t>(items[first + i]);
    scores_of(taste, ids, 0, count, scores.data() + first);
  }
}

inline void RatingFactorsModel::score(Customer customer, std::span<const Item> items,
                                      std::span<float> scores) const {
  detail::require_id(customer, customers(), "customer", "score");
  score_items(taste_of(customer), items, scores);
}

inline void RatingFactorsModel::score(const FoldedCustomer& customer, std::span<const Item> items,
                                      std::span<float> scores) const {
  score_items(taste_of(customer, "score"), items, scores);
}

template <class ItemId>
TopK<float> RatingFactorsModel::top(const Taste& taste, std::span<const ItemId> seen, std::size_t k,
                                    const detail::ItemFilter& allowed) const {
  constexpr std::size_t block = 512;
  float scores[block];
  TopK<float> best(std::min(k, items()));
  const auto offer = [&](std::uint32_t item, float score) {
    if (!best.enters(item, score) || parts_.data.by_item().row_size(item) == 0) return;
    const bool allows =
        allowed.listed() ? allowed.allows_candidate(item, seen) : allowed.allows(item, seen);
    if (allows) best.push(item, score);
  };
  const auto candidates = allowed.candidates();
  const std::size_t total = allowed.listed() ? candidates.size() : items();
  for (std::size_t first = 0; first < total; first += block) {
    const std::size_t count = std::min(block, total - first);
    const std::uint32_t* const ids = allowed.listed() ? candidates.data() + first : nullptr;
    scores_of(taste, ids, first, count, scores);
    for (std::size_t i = 0; i < count; ++i) {
      offer(ids != nullptr ? ids[i] : static_cast<std::uint32_t>(first + i), scores[i]);
    }
  }
  return best;
}

inline std::vector<Recommendation> RatingFactorsModel::recommend(
    Customer customer, std::size_t k, const RecommendFilter& filter) const {
  detail::require_id(customer, customers(), "customer", "recommend");
  TopK<float> best = top(taste_of(customer), parts_.data.by_customer().row_indices(index(customer)),
                         k, detail::ItemFilter(filter, items()));
  return detail::to_list(best);
}

inline std::vector<Recommendation> RatingFactorsModel::recommend(
    const FoldedCustomer& customer, std::size_t k, const RecommendFilter& filter) const {
  TopK<float> best = top(taste_of(customer, "recommend"), std::span<const Item>(customer.items), k,
                         detail::ItemFilter(filter, items()));
  return detail::to_list(best);
}

inline void RatingFactorsModel::recommend_batch(std::span<const Customer> customers, std::size_t k,
                                                const RecommendFilter& filter,
                                                const Context& context,
                                                std::span<Recommendation> out,
                                                std::span<std::uint32_t> counts) const {
  detail::require_batch_spans(customers, k, out, counts);
  for (const Customer customer : customers) {
    detail::require_id(customer, this->customers(), "customer", "recommend_batch");
  }
  const detail::ItemFilter allowed(filter, items());
  parallel_chunks(context, customers.size(), 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      TopK<float> best =
          top(taste_of(customers[c]), parts_.data.by_customer().row_indices(index(customers[c])), k,
              allowed);
      counts[c] = static_cast<std::uint32_t>(best.size());
      Recommendation* to = out.data() + c * k;
      for (const auto& [item, score] : best.take()) *to++ = {id_at<Item>(item), score};
    }
  });
}

inline std::vector<Recommendation> RatingFactorsModel::similar_items(Item item,
                                                                     std::size_t k) const {
  detail::require_id(item, items(), "item", "similar_items");
  const float norm = item_norms_[index(item)];
  if (norm == 0) return {};
  std::vector<float> scores(items());
  linear_algebra_kernels<float>(kernels_).dot_rows(parts_.items.row(index(item)).data(),
                                                   parts_.items.data(), parts_.items.stride(),
                                                   items(), parts_.items.stride(), scores.data());
  TopK<float> best(std::min(k, items()));
  for (std::size_t i = 0; i < items(); ++i) {
    if (item_norms_[i] == 0 || i == index(item)) continue;
    best.push(static_cast<std::uint32_t>(i), scores[i] / (norm * item_norms_[i]));
  }
  return detail::to_list(best);
}

inline detail::RatingRidge RatingFactorsModel::ridge() const {
  return {factors(), parts_.lambda, parts_.bias_lambda, linear_algebra_kernels<float>(kernels_)};
}

inline FoldedCustomer RatingFactorsModel::fold_in(std::span<const Item> items,
                                                  std::span<const float> ratings) const {
  FoldedCustomer folded = detail::fold_ratings(items, ratings, this->items(), parts_.data.scale());
  if (folded.items.empty()) return folded;

  const auto& algebra = linear_algebra_kernels<float>(kernels_);
  std::vector<std::uint32_t> ids;
  for (const Item item : folded.items) ids.push_back(static_cast<std::uint32_t>(item));
  Matrix<float> implicit(1, factors());
  std::vector<float> known(ids.size());
  if (parts_.implicit.rows() > 0) {
    detail::implicit_taste(parts_.implicit, ids, algebra, implicit.data());
    algebra.dot_gathered(implicit.data(), parts_.items.data(), parts_.items.stride(), ids.data(),
                         ids.size(), parts_.items.stride(), known.data());
  }
  for (std::size_t k = 0; k < ids.size(); ++k) {
    const double given = (double{folded.weights[k]} - parts_.mean) / parts_.spread;
    known[k] = static_cast<float>(given - double{parts_.item_biases[ids[k]]} - double{known[k]});
  }
  folded.factors.resize(factors() + 1);
  folded.factors[0] = ridge().solve(parts_.items, ids, known, folded.factors.data() + 1);
  for (std::size_t j = 0; j < factors(); ++j) folded.factors[j + 1] += implicit(0, j);
  return folded;
}

template <class ItemId>
Explanation RatingFactorsModel::explain_row(const Taste& taste,
                                            const detail::CustomerRow<ItemId>& row, Item item,
                                            std::size_t k) const {
  Explanation out;
  score_items(taste, {&item, 1}, {&out.score, 1});
  out.rest = out.score;
  if (row.size() == 0) return out;
  const std::size_t f = factors();
  Matrix<double> a(f + 1, f + 1);
  Matrix<double> z(1, f + 1);
  const auto n = static_cast<double>(row.size());
  for (std::size_t j = 0; j < f; ++j) {
    a(j, j) = n * parts_.lambda;
    z(0, j) = double{parts_.items(index(item), j)};
  }
  a(f, f) = n * (1 + parts_.bias_lambda);
  z(0, f) = 1;
  std::vector<std::uint32_t> ids;
  for (std::size_t i = 0; i < row.size(); ++i) {
    ids.push_back(row.item(i));
    const auto v = parts_.items.row(row.item(i));
    for (std::size_t p = 0; p < f; ++p) {
      for (std::size_t q = p; q < f; ++q) a(p, q) += double{v[p]} * double{v[q]};
      a(p, f) += double{v[p]};
    }
  }
  if (!linear_algebra_kernels<double>(nullptr).cholesky_solve(a.data(), f + 1, a.stride(),
                                                              z.data())) {
    return out;
  }
  Matrix<float> implicit(1, f);
  if (parts_.implicit.rows() > 0) {
    detail::implicit_taste(parts_.implicit, ids, linear_algebra_kernels<float>(kernels_),
                           implicit.data());
  }
  double rest = double{out.score};
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto v = parts_.items.row(ids[i]);
    double influence = z(0, f);
    double known = double{parts_.item_biases[ids[i]]};
    for (std::size_t j = 0; j < f; ++j) {
      influence += double{v[j]} * z(0, j);
      known += double{v[j]} * double{implicit(0, j)};
    }
    const double surprise = double{row.weights[i]} - parts_.mean - parts_.spread * known;
    const auto share = static_cast<float>(influence * surprise);
    out.parts.push_back({id_at<Item>(ids[i]), share});
    rest -= double{share};
  }
  out.rest = static_cast<float>(rest);
  detail::keep_largest_parts(out, k);
  return out;
}

inline Explanation RatingFactorsModel::explain(Customer customer, Item item, std::size_t k) const {
  detail::require_id(customer, customers(), "customer", "explain");
  const detail::CustomerRow<std::uint32_t> row = {
      parts_.data.by_customer().row_indices(index(customer)),
      parts_.data.by_customer().row_values(index(customer))};
  return explain_row(taste_of(customer), row, item, k);
}

inline Explanation RatingFactorsModel::explain(const FoldedCustomer& customer, Item item,
                                               std::size_t k) const {
  const Taste taste = taste_of(customer, "explain");
  return explain_row(taste, detail::CustomerRow<Item>{customer.items, customer.weights}, item, k);
}

}  // namespace emptor

#include "emptor/recommend/rating_factors_archive.ipp"
