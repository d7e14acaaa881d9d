#pragma once
// A merchant's rules on a list of candidates: boost and bury, stock, at most so many of a category,
// pinned places. How steps fit together: rerank.hpp.
// Time: candidates x rules. Spans are by item id and borrowed; an item beyond their end throws
// `out_of_range`. Thread safety: constant.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/recommend/rerank.hpp"

namespace emptor {

namespace detail {

template <class T>
[[nodiscard]] const T& attribute_of(std::span<const T> values, Item item, std::string_view what,
                                    std::string_view where) {
  if (index(item) >= values.size()) {
    throw Exception(ErrorCode::out_of_range,
                    text("item ", index(item), " has no ", what, ", there are ", values.size()),
                    std::string(where));
  }
  return values[index(item)];
}

}  // namespace detail

/// Which items a rule means: all that are listed and all of the category.
struct ItemsMeant {
  std::vector<Item> items{};
  std::span<const Category> category_of{};  ///< by item
  Category category = no_id<Category>;      ///< with `category_of`; `no_id`: none
};

/// Raises or lowers scores. A positive score is multiplied and a negative one divided, so that
/// a factor above 1 always raises; then `add` is added, in the unit of scores.
struct BoostRule {
  ItemsMeant meant{};
  double multiply = 1;  ///< > 0, finite
  double add = 0;       ///< finite
};

/// All rules that mean an item are applied; then the list is ordered by score, equal scores as they
/// stood. The notes' rule is the place in `rules`; an item has a note for each rule. Put it before
/// steps that order by something else. Throws `invalid_value` when a score leaves float's range.
struct BoostRules {
  std::vector<BoostRule> rules{};

  [[nodiscard]] std::string_view name() const noexcept { return "boost"; }
  void check() const {
    for (const BoostRule& rule : rules) {
      require_option(rule.multiply > 0 && std::isfinite(rule.multiply), "multiply", "> 0, finite",
                     rule.multiply);
      require_option(std::isfinite(rule.add), "add", "finite", rule.add);
      require_option(rule.meant.category == no_id<Category> || !rule.meant.category_of.empty(),
                     "category", "given with 'category_of'", index(rule.meant.category));
    }
  }
  void operator()(RerankList& list, const RerankRequest&) const {
    for (std::size_t r = 0; r < rules.size(); ++r) {
      std::vector<Item> listed = rules[r].meant.items;
      std::sort(listed.begin(), listed.end());
      for (std::size_t i = 0; i < list.items().size(); ++i) {
        const RerankedItem& entry = list.items()[i];
        if (means(rules[r].meant, listed, entry.item)) apply(list, i, r);
      }
    }
    std::vector<std::uint32_t> order(list.items().size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return list.items()[a].score > list.items()[b].score;
    });
    list.rearrange(order);
  }

 private:
  static bool means(const ItemsMeant& meant, const std::vector<Item>& listed, Item item) {
    if (std::binary_search(listed.begin(), listed.end(), item)) return true;
    return meant.category != no_id<Category> &&
           detail::attribute_of(meant.category_of, item, "category", "boost") == meant.category;
  }
  void apply(RerankList& list, std::size_t i, std::size_t r) const {
    const auto before = static_cast<double>(list.items()[i].score);
    const double factor = rules[r].multiply;
    const double after = (before > 0 ? before * factor : before / factor) + rules[r].add;
    const auto score = static_cast<float>(after);
    if (!std::isfinite(score)) {
      throw Exception(
          ErrorCode::invalid_value,
          text("rule ", r, " gives item ", index(list.items()[i].item), " the score ", after),
          "boost");
    }
    if (score == list.items()[i].score) return;
    list.note(i, after > before ? RerankReason::boosted : RerankReason::buried, r);
    list.set_score(i, score);
  }
};

/// What to do with items that do not fit.
enum class Misfits : std::uint8_t {
  remove,  ///< take them out
  demote,  ///< put them behind all others
};

namespace detail {

/// Items of which `fits(i)` is false leave or go to the end, noted with the reason.
template <class Fits>
void sort_out(RerankList& list, Misfits misfits, RerankReason reason, Fits&& fits) {
  std::vector<std::uint32_t> order;
  std::vector<std::uint32_t> last;
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    const bool fit = fits(i);
    if (!fit) list.note(i, reason);
    if (fit || misfits == Misfits::demote) {
      (fit ? order : last).push_back(static_cast<std::uint32_t>(i));
    }
  }
  order.insert(order.end(), last.begin(), last.end());
  list.rearrange(order);
}

}  // namespace detail

/// Items of which fewer than `least` are in stock. A pinned one stays and counts as `broken`.
struct StockRule {
  std::span<const std::int64_t> units{};  ///< by item
  std::int64_t least = 1;
  Misfits misfits = Misfits::remove;

  [[nodiscard]] std::string_view name() const noexcept { return "stock"; }
  void check() const {}
  void operator()(RerankList& list, const RerankRequest&) const {
    const auto in_stock = [&](Item item) {
      return detail::attribute_of(units, item, "stock", "stock") >= least;
    };
    for (const auto& pin : list.pins()) list.report().broken += in_stock(pin.entry.item) ? 0 : 1;
    detail::sort_out(list, misfits, RerankReason::out_of_stock,
                     [&](std::size_t i) { return in_stock(list.items()[i].item); });
  }
};

/// At most so many items of each category of one taxonomy.
struct CategoryCap {
  std::span<const Category> category_of{};  ///< by item; `no_id`: in none, never too much
  std::size_t most = 1;                     ///< >= 1
};

/// Goes down the list and keeps an item when none of its categories, one a cap, has enough already.
/// The others leave, also from the reserve, so that no later step can break a cap. The notes' rule
/// is the first cap that refused. Pinned items count first; in excess of a cap they are `broken`.
struct CategoryCaps {
  std::vector<CategoryCap> caps{};

  [[nodiscard]] std::string_view name() const noexcept { return "category caps"; }
  void check() const {
    for (const CategoryCap& cap : caps) require_option(cap.most >= 1, "most", ">= 1", cap.most);
  }
  void operator()(RerankList& list, const RerankRequest&) const {
    struct Count {
      std::size_t cap;
      Category category;
      std::size_t items;
    };
    std::vector<Count> counts;
    const auto count_of = [&](std::size_t cap, Item item) -> std::size_t* {
      const Category category =
          detail::attribute_of(caps[cap].category_of, item, "category", "category caps");
      if (category == no_id<Category>) return nullptr;
      for (Count& count : counts) {
        if (count.cap == cap && count.category == category) return &count.items;
      }
      return &counts.emplace_back(Count{cap, category, 0}).items;
    };
    for (const auto& pin : list.pins()) {
      bool broken = false;
      for (std::size_t c = 0; c < caps.size(); ++c) {
        if (std::size_t* items = count_of(c, pin.entry.item)) broken |= ++*items > caps[c].most;
      }
      list.report().broken += broken ? 1 : 0;
    }
    std::vector<std::uint32_t> order;
    for (std::size_t i = 0; i < list.items().size(); ++i) {
      const Item item = list.items()[i].item;
      std::size_t refused = caps.size();
      bool known = false;
      for (std::size_t c = 0; c < caps.size(); ++c) {
        const std::size_t* items = count_of(c, item);
        known |= items != nullptr;
        if (items != nullptr && *items >= caps[c].most && refused == caps.size()) refused = c;
      }
      list.report().unknown += known ? 0 : 1;
      if (refused < caps.size()) {
        list.note(i, RerankReason::category_cap, refused);
        continue;
      }
      for (std::size_t c = 0; c < caps.size(); ++c) {
        if (std::size_t* items = count_of(c, item)) ++*items;
      }
      order.push_back(static_cast<std::uint32_t>(i));
    }
    list.rearrange(order);
  }
};

/// An item for a place, candidate or not.
struct PinnedSlot {
  Item item;
  std::size_t slot;  ///< 0 is the first place; not shown in lists too short for it
};

/// Puts items into their slots, where they stay whatever later steps do to others. An item that was
/// no candidate comes in with the score NaN. The notes' rule is the place in `slots`.
struct PinnedSlots {
  std::vector<PinnedSlot> slots{};
  bool candidates_only = false;  ///< leave out those that are no candidates

  [[nodiscard]] std::string_view name() const noexcept { return "pinned"; }
  void check() const {
    for (std::size_t a = 0; a < slots.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        require_option(slots[a].slot != slots[b].slot && slots[a].item != slots[b].item, "slots",
                       "distinct slots of distinct items", a);
      }
    }
  }
  void operator()(RerankList& list, const RerankRequest&) const {
    for (std::size_t s = 0; s < slots.size(); ++s) {
      const auto items = list.items();
      const bool candidate =
          std::any_of(items.begin(), items.end(),
                      [&](const RerankedItem& entry) { return entry.item == slots[s].item; });
      if (candidate || !candidates_only) list.pin(slots[s].item, slots[s].slot, s);
    }
  }
};

}  // namespace emptor
