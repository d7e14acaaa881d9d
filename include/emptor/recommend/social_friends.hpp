#pragma once
// What friends have, added to the scores of another model.
//
//     s(u, i) = base(u, i) + weight * sum over those f whom u follows of a_uf r_fi / c_i^discount
//
// with a_uf the strength of the link (SocialSimilarity), r_fi 1 or the weight with which f has i,
// and c_i the customers who have i: what all the world has says little when a friend has it. Trust
// in place of similarity as the weight of a neighbour: Paolo Massa, Paolo Avesani, "Trust-aware
// recommender systems", RecSys 2007, doi:10.1145/1297231.1297235. Shares are never negative, so the
// k best are among the base's k best and the friends' items: lists cost what the base's cost, and
// the friends' items. Customers without interactions who follow somebody get what those have; the
// base knows no more of them than it does. Thread safety: see recommender.hpp. The same bits for
// any executor.

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
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/detail/social_common.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/links.hpp"
#include "emptor/table/links_archive.hpp"

namespace emptor {

struct FriendsOptions {
  double weight = 1;  ///< >= 0, in units of the base's scores; 0: the base alone
  SocialSimilarity similarity = SocialSimilarity::jaccard;
  double discount = 0.5;     ///< of popular items, 0 to 2
  bool use_weights = false;  ///< r_fi is the interaction's weight; else 1
};

/// `Traits` names the model and its archive; see social_neighbours.hpp and social_blend.hpp.
template <class Base, class Traits>
class FriendsModel {
 public:
  static constexpr std::string_view archive_kind = Traits::archive_kind;

  /// `links` are among the customers of `base`. Throws `invalid_option`, `invalid_shape`.
  FriendsModel(Base base, Links links, const FriendsOptions& options)
      : base_(std::move(base)), links_(std::move(links)), options_(options) {
    require_option(options.weight >= 0 && std::isfinite(options.weight), "weight",
                   "finite and >= 0", options.weight);
    require_option(options.discount >= 0 && options.discount <= 2, "discount", "in 0 to 2",
                   options.discount);
    detail::require_links(data(), links_, "FriendsModel");
    scale_.resize(items());
    for (std::size_t i = 0; i < scale_.size(); ++i) {
      const std::size_t count = std::max<std::size_t>(1, data().by_item().row_size(i));
      scale_[i] = options.weight * std::pow(static_cast<double>(count), -options.discount);
    }
  }

  [[nodiscard]] std::string_view name() const noexcept { return Traits::name; }
  [[nodiscard]] std::size_t customers() const noexcept { return data().customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data().items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data(); }
  [[nodiscard]] const Base& base() const noexcept { return base_; }
  [[nodiscard]] const Links& links() const noexcept { return links_; }
  [[nodiscard]] const FriendsOptions& options() const noexcept { return options_; }

  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const auto row = detail::row_of(data(), customer, "recommend");
    const detail::ItemFilter ready(filter, items());
    return merged(base_, customer, row.items, friends_of(customer), k, ready,
                  base_.recommend(customer, k, filter));
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const Folded folded = unfolded(customer, "recommend");
    const detail::ItemFilter ready(filter, items());
    return merged(base_, folded.base, std::span<const Item>(folded.base.items), folded.friends, k,
                  ready, base_.recommend(folded.base, k, filter));
  }
  /// See BatchRecommender: the base's own batch, then the friends.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const {
    base_.recommend_batch(customers, k, filter, context, out, counts);
    const detail::ItemFilter ready(filter, items());
    parallel_chunks(context, customers.size(), 32, [&](std::size_t begin, std::size_t end) {
      for (std::size_t c = begin; c < end; ++c) {
        const auto row = detail::row_of(data(), customers[c], "recommend_batch");
        Recommendation* const to = out.data() + c * k;
        const auto list = merged(base_, customers[c], row.items, friends_of(customers[c]), k, ready,
                                 std::vector<Recommendation>(to, to + counts[c]));
        std::copy(list.begin(), list.end(), to);
        counts[c] = static_cast<std::uint32_t>(list.size());
      }
    });
  }

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    base_.score(customer, items, scores);
    add_friends(friends_of(customer), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    const Folded folded = unfolded(customer, "score");
    base_.score(folded.base, items, scores);
    add_friends(folded.friends, items, scores);
  }

  /// The base's.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    return base_.similar_items(item, k);
  }

  /// The base's parts; `rest` holds the base's and what the friends add: see `explain_friends`.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    return with_friends(base_.explain(customer, item, k), friends_of(customer), item);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    const Folded folded = unfolded(customer, "explain");
    return with_friends(base_.explain(folded.base, item, k), folded.friends, item);
  }

  /// What each friend adds to the score; a base that knows friends too adds to their shares.
  [[nodiscard]] FriendExplanation explain_friends(Customer customer, Item item,
                                                  std::size_t k) const {
    (void)detail::row_of(data(), customer, "explain_friends");
    detail::require_id(item, items(), "item", "explain_friends");
    FriendExplanation out;
    if constexpr (base_knows_friends) {
      out = base_.explain_friends(customer, item, customers());
    } else {
      const Explanation own = base_.explain(customer, item, 0);
      out = {.score = own.score, .items = own.score, .parts = {}, .rest = 0};
    }
    return with_shares(std::move(out), friends_of(customer), item, k);
  }

  /// Of someone without links.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return fold_in(items, weights, {}, {});
  }
  /// Of someone who follows `friends`, customers of the fit. `link_weights` empty: all 1; a friend
  /// given twice counts twice. Throws `out_of_range`, `invalid_shape`, `invalid_value`. The
  /// result's `factors` are the number of friends, three numbers each (the upper and the lower 16
  /// bits of the id, the strength), and the base's.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items, std::span<const float> weights,
                                       std::span<const Customer> friends,
                                       std::span<const float> link_weights = {}) const {
    detail::require_friends(friends, link_weights, customers());
    FoldedCustomer folded;
    if constexpr (base_knows_friends) {
      folded = base_.fold_in(items, weights, friends, link_weights);
    } else {
      folded = base_.fold_in(items, weights);
    }
    if (friends.empty() && folded.factors.empty()) return folded;
    std::vector<float> coordinates{static_cast<float>(friends.size())};
    for (std::size_t i = 0; i < friends.size(); ++i) {
      const double strength =
          detail::link_strength(options_.similarity, link_weights.empty() ? 1.0F : link_weights[i],
                                folded.items, data().by_customer().row_indices(index(friends[i])));
      coordinates.push_back(static_cast<float>(index(friends[i]) >> 16U));
      coordinates.push_back(static_cast<float>(index(friends[i]) & 0xffffU));
      coordinates.push_back(static_cast<float>(strength));
    }
    coordinates.insert(coordinates.end(), folded.factors.begin(), folded.factors.end());
    folded.factors = std::move(coordinates);
    return folded;
  }

  /// The base's update; the friends' part is that of a fit anew. New customers have no links.
  [[nodiscard]] FriendsModel update(const Interactions& data, const Context& context = {}) const {
    Base base = base_.update(data, context);
    return {std::move(base), links_.grown(data.customers()), options_};
  }
  /// The same with the links as they are now, among the customers of `data`.
  [[nodiscard]] FriendsModel update(const Interactions& data, const Links& links,
                                    const Context& context = {}) const {
    if constexpr (base_knows_friends) {
      return {base_.update(data, links, context), links, options_};
    } else {
      return {base_.update(data, context), links, options_};
    }
  }

  /// Section "base": the archive of the base; "friends": weight, similarity, discount, whether
  /// weights count; "links", unless the base has them.
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    writer.section("base").put_array(base_.save());
    SectionWriter& friends = writer.section("friends");
    friends.put(options_.weight);
    friends.put(options_.similarity);
    friends.put(options_.discount);
    friends.put(options_.use_weights);
    if constexpr (!base_knows_friends) put_links(writer.section("links"), links_);
    return std::move(writer).finish();
  }
  [[nodiscard]] static Result<FriendsModel> load(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("base");
    if (!section) return section.error();
    const std::span<const std::byte> inner = section->get_view();
    if (Result<void> done = section->finish(); !done) return done.error();
    Result<Base> base = Base::load(inner);
    if (!base) return base.error();

    section = reader->section("friends");
    if (!section) return section.error();
    FriendsOptions options;
    options.weight = section->get<double>();
    options.similarity = section->get_enum(SocialSimilarity::jaccard);
    options.discount = section->get<double>();
    options.use_weights = section->get<bool>();
    section->require(options.weight >= 0 && std::isfinite(options.weight) &&
                         options.discount >= 0 && options.discount <= 2,
                     "the options are impossible");
    if (Result<void> done = section->finish(); !done) return done.error();

    Links links;
    if constexpr (base_knows_friends) {
      links = base->links();
    } else {
      section = reader->section("links");
      if (!section) return section.error();
      links = get_links(*section, base->customers());
      if (Result<void> done = section->finish(); !done) return done.error();
    }
    return FriendsModel(std::move(*base), std::move(links), options);
  }

 private:
  static constexpr bool base_knows_friends = requires(const Base& base) { base.links(); };

  struct Friend {
    std::uint32_t customer;
    float strength;
  };
  struct Share {
    std::uint32_t item;
    double amount;  // > 0
  };
  struct Folded {
    FoldedCustomer base;
    std::vector<Friend> friends;
  };

  [[nodiscard]] const Interactions& data() const noexcept { return base_.interactions(); }

  [[nodiscard]] std::vector<Friend> friends_of(Customer customer) const {
    detail::require_id(customer, customers(), "customer", "recommend");
    std::vector<Friend> friends;
    const auto whom = links_.outgoing().row_indices(index(customer));
    const auto weights = links_.outgoing().row_values(index(customer));
    const auto own = data().by_customer().row_indices(index(customer));
    for (std::size_t i = 0; i < whom.size(); ++i) {
      friends.push_back({whom[i], static_cast<float>(detail::link_strength(
                                      options_.similarity, weights[i], own,
                                      data().by_customer().row_indices(whom[i])))});
    }
    return friends;
  }

  [[nodiscard]] Folded unfolded(const FoldedCustomer& customer, std::string_view where) const {
    (void)detail::row_of(customer, items(), where);
    Folded out{{customer.items, customer.weights, {}, {}}, {}};
    const std::vector<float>& from = customer.factors;
    if (from.empty()) return out;
    const auto fits = [&](bool holds) {
      if (!holds) {
        throw Exception(ErrorCode::invalid_shape,
                        "the customer was not folded into a model with friends like this one",
                        std::string(where));
      }
    };
    fits(from[0] >= 0 && from[0] <= float((from.size() - 1) / 3));
    const auto count = static_cast<std::size_t>(from[0]);
    for (std::size_t i = 0; i < count; ++i) {
      const float* const at = from.data() + 1 + 3 * i;
      fits(at[0] >= 0 && at[0] < 65536 && at[1] >= 0 && at[1] < 65536 && at[2] >= 0 &&
           std::isfinite(at[2]));
      const auto id =
          (static_cast<std::uint32_t>(at[0]) << 16U) | static_cast<std::uint32_t>(at[1]);
      fits(id < customers());
      out.friends.push_back({id, at[2]});
    }
    out.base.factors.assign(from.begin() + static_cast<std::ptrdiff_t>(1 + 3 * count), from.end());
    return out;
  }

  [[nodiscard]] double share_of(const Friend& one, std::uint32_t item, float weight) const {
    return double(one.strength) * (options_.use_weights ? double(weight) : 1.0) * scale_[item];
  }

  /// What the friends add, by item, ascending.
  [[nodiscard]] std::vector<Share> shares_of(const std::vector<Friend>& friends) const {
    std::vector<Share> all;
    for (const Friend& one : friends) {
      const auto has = data().by_customer().row_indices(one.customer);
      const auto weights = data().by_customer().row_values(one.customer);
      for (std::size_t k = 0; k < has.size(); ++k) {
        all.push_back({has[k], share_of(one, has[k], weights[k])});
      }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Share& a, const Share& b) { return a.item < b.item; });
    std::vector<Share> sums;
    for (const Share& one : all) {
      if (!(one.amount > 0)) continue;
      if (!sums.empty() && sums.back().item == one.item) {
        sums.back().amount += one.amount;
      } else {
        sums.push_back(one);
      }
    }
    return sums;
  }

  [[nodiscard]] static float total(float base, double friends) {
    return static_cast<float>((std::isnan(base) ? 0.0 : double(base)) + friends);
  }

  template <class Who, class ItemId>
  [[nodiscard]] std::vector<Recommendation> merged(const Base& base, const Who& who,
                                                   std::span<const ItemId> seen,
                                                   const std::vector<Friend>& friends,
                                                   std::size_t k, const detail::ItemFilter& filter,
                                                   std::vector<Recommendation> list) const {
    if (k == 0) return {};
    const std::vector<Share> shares = shares_of(friends);
    if (shares.empty()) return list;
    const auto by_item = [](const Share& one, std::uint32_t item) { return one.item < item; };
    TopK<float> best(std::min(k, items()));
    for (const Recommendation& entry : list) {
      const auto item = static_cast<std::uint32_t>(entry.item);
      const auto found = std::lower_bound(shares.begin(), shares.end(), item, by_item);
      if (found == shares.end() || found->item != item) best.push(item, entry.score);
    }
    std::vector<Item> wanted;
    std::vector<double> amounts;
    for (const Share& one : shares) {
      if (!filter.allows(one.item, seen)) continue;
      wanted.push_back(id_at<Item>(one.item));
      amounts.push_back(one.amount);
    }
    std::vector<float> scores(wanted.size());
    base.score(who, wanted, scores);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      best.push(static_cast<std::uint32_t>(wanted[i]), total(scores[i], amounts[i]));
    }
    return detail::to_list(best);
  }

  /// Of a customer who is unknown to the base, friends make a known one.
  void add_friends(const std::vector<Friend>& friends, std::span<const Item> items,
                   std::span<float> scores) const {
    const std::vector<Share> shares = shares_of(friends);
    if (shares.empty()) return;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto item = static_cast<std::uint32_t>(items[i]);
      const auto found = std::lower_bound(
          shares.begin(), shares.end(), item,
          [](const Share& one, std::uint32_t wanted) { return one.item < wanted; });
      const bool has = found != shares.end() && found->item == item;
      scores[i] = total(scores[i], has ? found->amount : 0);
    }
  }

  [[nodiscard]] Explanation with_friends(Explanation out, const std::vector<Friend>& friends,
                                         Item item) const {
    const std::vector<Share> shares = shares_of(friends);
    if (shares.empty()) return out;
    double added = 0;
    for (const Share& one : shares) {
      if (one.item == static_cast<std::uint32_t>(item)) added = one.amount;
    }
    out.score = total(out.score, added);
    out.rest = total(out.rest, added);
    return out;
  }

  [[nodiscard]] FriendExplanation with_shares(FriendExplanation out,
                                              const std::vector<Friend>& friends, Item item,
                                              std::size_t k) const {
    const std::vector<Share> shares = shares_of(friends);
    if (shares.empty()) {
      detail::keep_largest_parts(out, k);
      return out;
    }
    out.items = total(out.items, 0);
    out.rest = total(out.rest, 0);
    double added = 0;
    std::sort(out.parts.begin(), out.parts.end(),
              [](const auto& a, const auto& b) { return a.because < b.because; });
    const std::size_t of_base = out.parts.size();
    for (const Friend& one : friends) {
      const auto has = data().by_customer().row_indices(one.customer);
      const auto at = std::lower_bound(has.begin(), has.end(), static_cast<std::uint32_t>(item));
      if (at == has.end() || *at != static_cast<std::uint32_t>(item)) continue;
      const double share = share_of(one, *at,
                                    data().by_customer().row_values(
                                        one.customer)[static_cast<std::size_t>(at - has.begin())]);
      added += share;
      const Customer because = id_at<Customer>(one.customer);
      const auto end = out.parts.begin() + static_cast<std::ptrdiff_t>(of_base);
      const auto found = std::lower_bound(out.parts.begin(), end, because,
                                          [](const FriendExplanation::Part& part, Customer wanted) {
                                            return part.because < wanted;
                                          });
      if (found != end && found->because == because) {
        found->share = static_cast<float>(double(found->share) + share);
      } else {
        out.parts.push_back({because, static_cast<float>(share)});
      }
    }
    out.score = total(out.score, added);
    detail::keep_largest_parts(out, k);
    return out;
  }

  Base base_;
  Links links_;
  FriendsOptions options_;
  std::vector<double> scale_;  // by item: weight / customers^discount
};

}  // namespace emptor
