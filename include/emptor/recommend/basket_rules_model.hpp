#pragma once
// Association rules as a recommender: an item's score is that of the strongest rule whose
// antecedent the customer, or the basket, has. Rules and their measures: basket_rules.hpp.
//
// Time of an answer: the rules that hang on an item the customer has, each under the rarest item of
// its antecedent. Memory: the interactions and some 100 bytes a rule. Thread safety: see
// recommender.hpp. The same bits for any executor.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/recommend/basket_rules.hpp"
#include "emptor/recommend/basket_rules_result.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/itemsets.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/baskets.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

/// What makes one rule stronger than another.
enum class RuleStrength : std::uint8_t { confidence, lift, leverage };

struct BasketRulesOptions {
  ItemsetOptions itemsets{};
  double min_confidence = 0.05;  ///< in [0, 1]
  double min_lift = 1;           ///< >= 0
  RuleStrength strength = RuleStrength::confidence;
};

/// See the top of the file and `Recommender`. Weights do not count. An item that no rule reaches
/// has the score 0 and is not recommended. A live basket is a folded-in customer.
class BasketRulesModel {
 public:
  static constexpr std::string_view archive_kind = "basket-rules";

  /// Rules of one item on the right, of `data`'s items; `options` as for the fit.
  /// Throws `invalid_shape`, `out_of_range`, `invalid_value`.
  BasketRulesModel(Interactions data, std::vector<BasketRule> rules,
                   const BasketRulesOptions& options)
      : data_(std::move(data)), rules_(std::move(rules)), options_(options) {
    for (const BasketRule& rule : rules_) check(rule);
    index_rules();
  }

  [[nodiscard]] std::string_view name() const noexcept { return "basket rules"; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  [[nodiscard]] const BasketRulesOptions& options() const noexcept { return options_; }
  /// In the order of `basket_rules`.
  [[nodiscard]] std::span<const BasketRule> rules() const noexcept { return rules_; }

  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(detail::row_of(data_, customer, "recommend"), k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(detail::row_of(customer, items(), "recommend"), k, filter);
  }
  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    score_row(detail::row_of(data_, customer, "score"), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    score_row(detail::row_of(customer, this->items(), "score"), items, scores);
  }

  /// By the strength of the rule with `item` alone on the left.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "similar_items");
    TopK<float> best(std::min(k, items()));
    for (const std::uint32_t r : rules_under(static_cast<std::uint32_t>(item))) {
      if (rules_[r].antecedent.size() == 1) {
        best.push(static_cast<std::uint32_t>(rules_[r].consequent[0]), strengths_[r]);
      }
    }
    return detail::to_list(best);
  }

  /// The strongest rule's items, each with an equal share of the score.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    return explain_row(detail::row_of(data_, customer, "explain"), item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    return explain_row(detail::row_of(customer, items(), "explain"), item, k);
  }
  /// The rule that gives the item its score; none: no rule reaches it.
  [[nodiscard]] std::optional<BasketRule> explain_rule(Customer customer, Item item) const {
    return rule_for(detail::row_of(data_, customer, "explain_rule"), item);
  }
  [[nodiscard]] std::optional<BasketRule> explain_rule(const FoldedCustomer& customer,
                                                       Item item) const {
    return rule_for(detail::row_of(customer, items(), "explain_rule"), item);
  }

  /// Exact: a folded-in customer is served like one of the fit with the same items.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return detail::fold_items(items, weights, this->items());
  }

  /// The model of all baskets and interactions there are now; that of a fit. Costs as much as a
  /// fit: a single basket can make any number of sets frequent. Throws `invalid_shape` when `data`
  /// has fewer customers or items, and what the fit throws.
  [[nodiscard]] BasketRulesModel update(const Baskets& baskets, const Interactions& data,
                                        const Context& context = {}) const;

  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions", 1), data_);
    SectionWriter& options = writer.section("options", 1);
    options.put(options_.itemsets.min_support);
    options.put(options_.itemsets.min_count);
    options.put(std::uint64_t{options_.itemsets.max_size});
    options.put(std::uint64_t{options_.itemsets.max_itemsets});
    options.put(options_.min_confidence);
    options.put(options_.min_lift);
    options.put(options_.strength);
    SectionWriter& section = writer.section("rules", 1);
    std::vector<std::uint32_t> sizes;
    std::vector<std::uint32_t> lefts;
    std::vector<std::uint32_t> rights;
    std::vector<std::uint64_t> counts;
    for (const BasketRule& rule : rules_) {
      sizes.push_back(static_cast<std::uint32_t>(rule.antecedent.size()));
      for (const Item item : rule.antecedent) lefts.push_back(static_cast<std::uint32_t>(item));
      rights.push_back(static_cast<std::uint32_t>(rule.consequent[0]));
      counts.insert(counts.end(), {rule.baskets, rule.antecedent_count, rule.consequent_count,
                                   rule.together_count});
    }
    section.put_array(sizes);
    section.put_array(lefts);
    section.put_array(rights);
    section.put_array(counts);
    return std::move(writer).finish();
  }
  [[nodiscard]] static Result<BasketRulesModel> load(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("options");
    if (!section) return section.error();
    BasketRulesOptions options;
    options.itemsets.min_support = section->get<double>();
    options.itemsets.min_count = section->get<std::uint64_t>();
    options.itemsets.max_size = static_cast<std::size_t>(section->get<std::uint64_t>());
    options.itemsets.max_itemsets = static_cast<std::size_t>(section->get<std::uint64_t>());
    options.min_confidence = section->get<double>();
    options.min_lift = section->get<double>();
    options.strength = section->get_enum<RuleStrength>(RuleStrength::leverage);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("rules");
    if (!section) return section.error();
    const auto sizes = section->get_array<std::uint32_t>();
    const auto lefts = section->get_array<std::uint32_t>();
    const auto rights = section->get_array<std::uint32_t>();
    const auto counts = section->get_array<std::uint64_t>();
    std::uint64_t left_total = 0;
    for (const std::uint32_t size : sizes) left_total += size;
    section->require(left_total == lefts.size() && rights.size() == sizes.size() &&
                         counts.size() == 4 * sizes.size(),
                     "the rules contradict one another");
    if (Result<void> done = section->finish(); !done) return done.error();
    std::vector<BasketRule> rules(sizes.size());
    std::size_t at = 0;
    for (std::size_t r = 0; r < rules.size(); ++r) {
      for (std::uint32_t i = 0; i < sizes[r]; ++i) {
        rules[r].antecedent.push_back(static_cast<Item>(lefts[at++]));
      }
      rules[r].consequent = {static_cast<Item>(rights[r])};
      rules[r].baskets = counts[4 * r];
      rules[r].antecedent_count = counts[4 * r + 1];
      rules[r].consequent_count = counts[4 * r + 2];
      rules[r].together_count = counts[4 * r + 3];
    }
    try {
      return BasketRulesModel(std::move(data), std::move(rules), options);
    } catch (const Exception& e) {
      return Error{ErrorCode::corrupt, e.what(), "section 'rules'"};
    }
  }

 private:
  static constexpr std::uint32_t none = 0xffffffffU;

  void check(const BasketRule& rule) const {
    constexpr std::string_view where = "BasketRulesModel";
    if (rule.antecedent.empty() || rule.consequent.size() != 1) {
      throw Exception(ErrorCode::invalid_shape,
                      "a rule needs items on the left and one on the right", std::string(where));
    }
    for (std::size_t i = 0; i < rule.antecedent.size(); ++i) {
      detail::require_id(rule.antecedent[i], items(), "item", where);
      if (rule.antecedent[i] == rule.consequent[0] ||
          (i > 0 && rule.antecedent[i - 1] >= rule.antecedent[i])) {
        throw Exception(
            ErrorCode::invalid_value,
            "a rule's items must ascend on the left, the one on the right not among them",
            std::string(where));
      }
    }
    detail::require_id(rule.consequent[0], items(), "item", where);
    const std::uint64_t smaller = std::min(rule.antecedent_count, rule.consequent_count);
    if (rule.together_count == 0 || rule.together_count > smaller ||
        std::max(rule.antecedent_count, rule.consequent_count) > rule.baskets) {
      throw Exception(ErrorCode::invalid_value, "a rule's counts contradict one another",
                      std::string(where));
    }
  }

  [[nodiscard]] float strength(const BasketRule& rule) const noexcept {
    switch (options_.strength) {
      case RuleStrength::confidence:
        break;
      case RuleStrength::lift:
        return static_cast<float>(rule.lift());
      case RuleStrength::leverage:
        return static_cast<float>(rule.leverage());
    }
    return static_cast<float>(rule.confidence());
  }

  /// Files every rule under the item of its antecedent that has the fewest customers.
  void index_rules() {
    std::vector<std::uint32_t> key(rules_.size());
    ends_.assign(items(), 0);
    for (std::size_t r = 0; r < rules_.size(); ++r) {
      Item rarest = rules_[r].antecedent[0];
      for (const Item item : rules_[r].antecedent) {
        if (data_.by_item().row_size(index(item)) < data_.by_item().row_size(index(rarest))) {
          rarest = item;
        }
      }
      key[r] = static_cast<std::uint32_t>(rarest);
      ++ends_[key[r]];
      strengths_.push_back(strength(rules_[r]));
    }
    std::size_t begin = 0;
    for (std::size_t& end : ends_) begin += std::exchange(end, begin);
    filed_.resize(rules_.size());
    for (std::size_t r = 0; r < rules_.size(); ++r) {
      filed_[ends_[key[r]]++] = static_cast<std::uint32_t>(r);
    }
  }
  [[nodiscard]] std::span<const std::uint32_t> rules_under(std::uint32_t item) const noexcept {
    const std::size_t begin = item == 0 ? 0 : ends_[item - 1];
    return {filed_.data() + begin, ends_[item] - begin};
  }

  /// Calls `found(r)` for every rule whose antecedent the row has.
  template <class ItemId, class Found>
  void for_each_rule(const detail::CustomerRow<ItemId>& row, Found&& found) const {
    for (std::size_t i = 0; i < row.size(); ++i) {
      for (const std::uint32_t r : rules_under(row.item(i))) {
        bool has_all = true;
        for (const Item item : rules_[r].antecedent) {
          has_all = has_all && detail::holds(row.items, static_cast<std::uint32_t>(item));
        }
        if (has_all) found(r);
      }
    }
  }
  [[nodiscard]] bool stronger(std::uint32_t a, std::uint32_t b) const noexcept {
    return b == none || strengths_[a] > strengths_[b] || (strengths_[a] == strengths_[b] && a < b);
  }
  /// The strongest rule for every item that a rule reaches: pairs of item and rule.
  template <class ItemId>
  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> strongest(
      const detail::CustomerRow<ItemId>& row) const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> reached;
    for_each_rule(row, [&](std::uint32_t r) {
      reached.emplace_back(static_cast<std::uint32_t>(rules_[r].consequent[0]), r);
    });
    std::sort(reached.begin(), reached.end(), [&](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : stronger(a.second, b.second);
    });
    reached.erase(std::unique(reached.begin(), reached.end(),
                              [](const auto& a, const auto& b) { return a.first == b.first; }),
                  reached.end());
    return reached;
  }
  /// The strongest rule for one item, or `none`.
  template <class ItemId>
  [[nodiscard]] std::uint32_t strongest_for(const detail::CustomerRow<ItemId>& row,
                                            Item item) const {
    std::uint32_t best = none;
    for_each_rule(row, [&](std::uint32_t r) {
      if (rules_[r].consequent[0] == item && stronger(r, best)) best = r;
    });
    return best;
  }

  template <class ItemId>
  [[nodiscard]] std::vector<Recommendation> recommend_row(const detail::CustomerRow<ItemId>& row,
                                                          std::size_t k,
                                                          const RecommendFilter& filter) const {
    const detail::ItemFilter ready(filter, items());
    TopK<float> best(std::min(k, items()));
    for (const auto& [item, rule] : strongest(row)) {
      if (best.enters(item, strengths_[rule]) && ready.allows(item, row.items)) {
        best.push(item, strengths_[rule]);
      }
    }
    return detail::to_list(best);
  }
  template <class ItemId>
  void score_row(const detail::CustomerRow<ItemId>& row, std::span<const Item> items,
                 std::span<float> scores) const {
    detail::require_score_spans(items, scores, this->items());
    if (row.size() == 0) return detail::fill_unknown(scores);
    const auto reached = strongest(row);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto wanted = static_cast<std::uint32_t>(items[i]);
      const auto found =
          std::lower_bound(reached.begin(), reached.end(), wanted,
                           [](const auto& pair, std::uint32_t item) { return pair.first < item; });
      const bool hit = found != reached.end() && found->first == wanted;
      scores[i] = hit ? strengths_[found->second] : 0.0F;
    }
  }
  template <class ItemId>
  [[nodiscard]] Explanation explain_row(const detail::CustomerRow<ItemId>& row, Item item,
                                        std::size_t k) const {
    detail::require_id(item, items(), "item", "explain");
    if (row.size() == 0) return detail::unknown_explanation();
    const std::uint32_t rule = strongest_for(row, item);
    if (rule == none) return {};
    Explanation explanation;
    explanation.score = strengths_[rule];
    const auto& antecedent = rules_[rule].antecedent;
    for (const Item because : antecedent) {
      explanation.parts.push_back(
          {because, explanation.score / static_cast<float>(antecedent.size())});
    }
    detail::keep_largest_parts(explanation, k);
    return explanation;
  }
  template <class ItemId>
  [[nodiscard]] std::optional<BasketRule> rule_for(const detail::CustomerRow<ItemId>& row,
                                                   Item item) const {
    detail::require_id(item, items(), "item", "explain_rule");
    const std::uint32_t rule = strongest_for(row, item);
    return rule == none ? std::nullopt : std::optional(rules_[rule]);
  }

  Interactions data_;
  std::vector<BasketRule> rules_;
  BasketRulesOptions options_;
  std::vector<float> strengths_;      // by rule
  std::vector<std::size_t> ends_;     // by item: where its rules end in `filed_`
  std::vector<std::uint32_t> filed_;  // rules by item
};

static_assert(LoadableRecommender<BasketRulesModel>);

struct BasketRulesFit {
  BasketRulesModel model;
  BasketRulesReport report;
};

/// Rules of `baskets` for the customers of `data`, which have as many items. Throws
/// `invalid_option`, `invalid_shape`, `overflow` (see `frequent_itemsets`).
[[nodiscard]] inline BasketRulesFit fit_basket_rules(const Baskets& baskets,
                                                     const Interactions& data,
                                                     const BasketRulesOptions& options = {},
                                                     const Context& context = {}) {
  if (baskets.items() != data.items()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("baskets of ", baskets.items(), " items, interactions of ", data.items()),
                    "fit_basket_rules");
  }
  const FrequentItemsets itemsets = frequent_itemsets(baskets, options.itemsets, context);
  auto rules = basket_rules(
      itemsets, {.min_confidence = options.min_confidence, .min_lift = options.min_lift});
  const BasketRulesReport report{.baskets = baskets.size(),
                                 .itemsets = itemsets.size(),
                                 .rules = rules.size(),
                                 .stopped = itemsets.stopped()};
  return {BasketRulesModel(data, std::move(rules), options), report};
}

inline BasketRulesModel BasketRulesModel::update(const Baskets& baskets, const Interactions& data,
                                                 const Context& context) const {
  detail::require_grown(data, customers(), items());
  return fit_basket_rules(baskets, data, options_, context).model;
}

}  // namespace emptor
