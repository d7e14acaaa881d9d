#pragma once
// What the social recommenders share: the strength of a link, checks, reasons by friend.
// Thread safety: pure functions.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/social_options.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/links.hpp"

namespace emptor::detail {

/// Items of both divided by items of either, for ascending rows; 0 when neither has any.
template <class A, class B>
[[nodiscard]] double jaccard_of(const A& a, const B& b) {
  std::size_t both = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const auto x = static_cast<std::uint32_t>(a[i]);
    const auto y = static_cast<std::uint32_t>(b[j]);
    both += x == y ? 1 : 0;
    i += x <= y ? 1 : 0;
    j += y <= x ? 1 : 0;
  }
  const std::size_t either = a.size() + b.size() - both;
  return either == 0 ? 0 : static_cast<double>(both) / static_cast<double>(either);
}

/// What a link of weight w counts between customers of these ascending items. Where one of them has
/// no items nothing says how alike they are, and the link counts as it is.
template <class A, class B>
[[nodiscard]] double link_strength(SocialSimilarity similarity, float w, const A& a, const B& b) {
  const bool alike = similarity == SocialSimilarity::jaccard && a.size() > 0 && b.size() > 0;
  return alike ? double(w) * jaccard_of(a, b) : double(w);
}

inline void require_links(const Interactions& data, const Links& links, std::string_view where) {
  if (links.customers() != data.customers()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("links must be among the customers of the data: links have ",
                         links.customers(), ", the data ", data.customers()),
                    std::string(where));
  }
}

/// Throws unless these may be the friends of a customer folded into a model of m customers.
inline void require_friends(std::span<const Customer> friends, std::span<const float> weights,
                            std::size_t m) {
  if (!weights.empty() && weights.size() != friends.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("as many link weights as friends, or none: got ", weights.size(), " for ",
                         friends.size(), " friends"),
                    "fold_in");
  }
  for (const Customer customer : friends) require_id(customer, m, "customer", "fold_in");
  for (const float weight : weights) {
    if (!(weight > 0) || !std::isfinite(weight)) {
      throw Exception(ErrorCode::invalid_value,
                      text("a link's weight must be finite and > 0, got ", weight), "fold_in");
    }
  }
}

/// What is said of a customer of whom nothing is known.
[[nodiscard]] inline FriendExplanation unknown_friends() {
  constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
  return {.score = unknown, .items = unknown, .parts = {}, .rest = unknown};
}

}  // namespace emptor::detail
