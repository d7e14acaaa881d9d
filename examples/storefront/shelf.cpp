#include "shelf.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "emptor/recommend/basket_rules_model.hpp"
#include "emptor/recommend/content.hpp"
#include "emptor/recommend/rerank_diversity.hpp"
#include "emptor/recommend/social_blend.hpp"
#include "models.hpp"

namespace storefront {
namespace {

using emptor::AnyRecommender;
using emptor::Customer;
using emptor::Item;
using emptor::Recommendation;

template <class Parts>
void keep(Reason& reason, Reason::Kind kind, const Parts& parts) {
  for (const auto& part : parts) {
    if (reason.count == reason.because.size() || !(part.share > 0)) break;
    reason.because[reason.count++] = static_cast<std::uint32_t>(part.because);
  }
  if (reason.count > 0) reason.kind = kind;
}

/// What `model` says of why it lists the item.
Reason reason_of(const AnyRecommender& model, Customer customer, Item item) {
  Reason reason;
  const std::size_t most = reason.because.size();
  if (const auto* content = model.get_if<emptor::ContentModel>()) {
    keep(reason, Reason::Kind::words, content->explain_features(customer, item, most).parts);
    return reason;
  }
  if (const auto* rules = model.get_if<emptor::BasketRulesModel>()) {
    const auto rule = rules->explain_rule(customer, item);
    if (!rule) return reason;
    reason.kind = Reason::Kind::rule;
    reason.value = static_cast<float>(rule->confidence());
    for (const Item because : rule->antecedent) {
      if (reason.count < most) reason.because[reason.count++] = static_cast<std::uint32_t>(because);
    }
    return reason;
  }
  if (const auto* social = model.get_if<emptor::SocialBlendModel>()) {
    const auto why = social->explain_friends(customer, item, social->customers());
    float of_friends = 0;
    for (const auto& part : why.parts) {
      of_friends += std::max(0.0F, part.share);
      reason.value += part.share > 0 ? 1 : 0;
    }
    if (of_friends > why.items) {
      reason.kind = Reason::Kind::friends;
      return reason;
    }
    reason.value = 0;
  }
  const emptor::Explanation why = model.explain(customer, item, most);
  keep(reason, Reason::Kind::items, why.parts);
  if (reason.kind == Reason::Kind::nothing && why.events > 0) {
    reason.kind = Reason::Kind::popular;
    reason.value = static_cast<float>(why.events);
  }
  return reason;
}

/// Some customers' lists of every part that counts.
struct PartLists {
  std::vector<Recommendation> entries;
  std::vector<std::uint32_t> counts;
};

/// The part that speaks loudest for the item: its weight, divided by the item's place in its list.
std::size_t carrying_part(const std::vector<PartLists>& lists, std::span<const double> weights,
                          std::size_t row, std::size_t width, Item item) {
  std::size_t carrying = 0;
  double most = 0;
  for (std::size_t p = 0; p < lists.size(); ++p) {
    if (weights[p] == 0) continue;
    const std::span<const Recommendation> list(lists[p].entries.data() + row * width,
                                               lists[p].counts[row]);
    const auto at = std::find_if(list.begin(), list.end(),
                                 [&](const Recommendation& one) { return one.item == item; });
    if (at == list.end()) continue;
    const double voice = weights[p] / static_cast<double>(at - list.begin() + 1);
    if (voice > most) {
      most = voice;
      carrying = p;
    }
  }
  return carrying;
}

}  // namespace

emptor::BlendModel blend_of(std::span<const AnyRecommender> parts, std::span<const double> weights,
                            const emptor::Interactions& data) {
  std::vector<emptor::BlendPart> all;
  for (std::size_t p = 0; p < parts.size(); ++p) all.push_back({parts[p], weights[p]});
  return {data, std::move(all), {.depth = blend_depth}};
}

Shelf::Shelf(std::span<const AnyRecommender> parts, double mmr_lambda) {
  if (mmr_lambda >= 1) return;
  const auto& vectors = parts[part_content].get_if<emptor::ContentModel>()->vectors();
  steps_.push_back(emptor::MmrDiversity{
      .similarity = emptor::ItemSimilarity::cosine(vectors.by_row()), .lambda = mmr_lambda});
}

emptor::Reranked Shelf::arrange(std::span<const Recommendation> list, std::size_t k) const {
  return emptor::rerank(list, {.k = k}, steps_);
}

void Shelf::rank(const emptor::RecommendationTable& table, std::span<const Customer> customers,
                 std::size_t k, emptor::RankSink sink) const {
  std::vector<Item> items;
  for (std::size_t row = 0; row < customers.size(); ++row) {
    const auto at =
        std::lower_bound(table.customers.begin(), table.customers.end(), customers[row]);
    items.clear();
    if (at != table.customers.end() && *at == customers[row]) {
      const auto list = table.list(static_cast<std::size_t>(at - table.customers.begin()));
      for (const auto& entry : arrange(list, k).items) items.push_back(entry.item);
    }
    sink(row, items);
  }
}

void recommend_to_all(const std::vector<AnyRecommender>& parts, const ModelChoice& choice,
                      const emptor::Interactions& data, Analysis& out,
                      const emptor::Context& context) {
  constexpr std::size_t block = 2048;
  const emptor::BlendModel model = blend_of(parts, choice.weights, data);
  const Shelf shelf(parts, choice.mmr_lambda);
  for (const AnyRecommender& part : parts) out.parts.emplace_back(part.name());
  const std::size_t width = std::min(candidates, data.items());
  const std::size_t depth = std::min(blend_depth, data.items());
  for (std::size_t begin = 0; begin < data.customers(); begin += block) {
    const std::size_t size = std::min(block, data.customers() - begin);
    std::vector<Customer> customers;
    for (std::size_t i = 0; i < size; ++i) customers.push_back(emptor::id_at<Customer>(begin + i));
    std::vector<Recommendation> lists(size * width);
    std::vector<std::uint32_t> counts(size);
    model.recommend_batch(customers, width, {}, context, lists, counts);
    std::vector<PartLists> of_parts(parts.size());
    for (std::size_t p = 0; p < parts.size(); ++p) {
      if (choice.weights[p] == 0) continue;
      of_parts[p].entries.resize(size * depth);
      of_parts[p].counts.resize(size);
      parts[p].recommend_batch(customers, depth, {}, context, of_parts[p].entries,
                               of_parts[p].counts);
    }
    std::vector<std::vector<Recommendation>> shown(size);
    std::vector<std::vector<Reason>> reasons(size);
    emptor::parallel_chunks(context, size, 16, [&](std::size_t first, std::size_t last) {
      for (std::size_t row = first; row < last; ++row) {
        const auto arranged = shelf.arrange({lists.data() + row * width, counts[row]}, list_length);
        for (const emptor::RerankedItem& entry : arranged.items) {
          shown[row].push_back({entry.item, entry.score});
          const std::size_t part = carrying_part(of_parts, choice.weights, row, depth, entry.item);
          Reason& reason =
              reasons[row].emplace_back(reason_of(parts[part], customers[row], entry.item));
          reason.part = static_cast<std::uint8_t>(part);
          reason.from = static_cast<std::uint16_t>(entry.original_place);
        }
        if (!shown[row].empty()) continue;
        shown[row] = parts[part_popularity].recommend(customers[row], list_length);
        for (const Recommendation& entry : shown[row]) {
          Reason& reason = reasons[row].emplace_back(
              reason_of(parts[part_popularity], customers[row], entry.item));
          reason.from = static_cast<std::uint16_t>(&entry - shown[row].data());
        }
      }
    });
    for (std::size_t row = 0; row < size; ++row) {
      auto& all = out.recommendations;
      all.customers.push_back(customers[row]);
      all.entries.insert(all.entries.end(), shown[row].begin(), shown[row].end());
      all.offsets.push_back(all.entries.size());
      out.reasons.insert(out.reasons.end(), reasons[row].begin(), reasons[row].end());
      out.served_by_popularity += counts[row] == 0 ? 1 : 0;
    }
    (void)context.report({"recommending", begin + size, data.customers()});
  }
}

std::string reason_text(const ShopTables& shop, const Analysis& analysis, const Reason& reason) {
  const auto listed = [&](const auto& name_of) {
    std::string out;
    for (std::size_t i = 0; i < reason.count; ++i) {
      out += emptor::text(i > 0 ? ", " : "", name_of(reason.because[i]));
    }
    return out;
  };
  const auto item_name = [&](std::uint32_t item) { return shop.items.label(Item{item}); };
  switch (reason.kind) {
    case Reason::Kind::items:
      return "bought " + listed(item_name);
    case Reason::Kind::words:
      return "like earlier purchases: " + listed([&](std::uint32_t feature) {
               const std::string_view name =
                   analysis.features_of_items.name(emptor::Feature{feature});
               const std::size_t at = name.find_first_of("=~?");
               return name.substr(0, at) == "price" ? std::string("price")
                                                    : std::string(name.substr(at + 1));
             });
    case Reason::Kind::rule:
      return emptor::text(emptor::fixed(100 * static_cast<double>(reason.value), 0),
                          "% of baskets with ", listed(item_name), " have it");
    case Reason::Kind::friends:
      return emptor::text(emptor::fixed(reason.value, 0),
                          reason.value == 1 ? " friend has it" : " friends have it");
    case Reason::Kind::popular:
      return "popular";
    case Reason::Kind::nothing:
      break;
  }
  return {};
}

}  // namespace storefront
