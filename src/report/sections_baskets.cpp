#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/report/chart.hpp"
#include "emptor/report/sections.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;

std::string names_of(std::span<const Item> items,
                     const std::function<std::string(Item)>& item_name) {
  std::string out;
  for (const Item item : items) out += text(out.empty() ? "" : " + ", item_name(item));
  return out;
}

/// Lift as people say it: "3.4 times".
std::string times_text(double lift) {
  return format_value(lift, {.decimals = 1, .keep_zeros = true, .unit_after = " times"});
}

ArcChart pairs_chart(std::span<const BasketRule> rules,
                     const std::function<std::string(Item)>& item_name, std::size_t most) {
  constexpr std::size_t most_items = 60;
  ArcChart chart{
      .labels = {"What is bought together",
                 "An arc joins two items of a rule; the wider, the more baskets have both",
                 "Pairs of items that stand in one basket far more often than by chance.", "", ""}};
  std::vector<Item> items;
  const auto place_of = [&](Item item) {
    const auto at = std::find(items.begin(), items.end(), item);
    if (at != items.end()) return static_cast<std::size_t>(at - items.begin());
    items.push_back(item);
    chart.names.push_back(item_name(item));
    return items.size() - 1;
  };
  std::vector<std::pair<Item, Item>> drawn;
  for (const BasketRule& rule : rules) {
    if (chart.links.size() == most || items.size() + 2 > most_items) break;
    if (rule.antecedent.size() != 1 || rule.consequent.size() != 1) continue;
    const auto pair = std::minmax(rule.antecedent.front(), rule.consequent.front());
    if (std::find(drawn.begin(), drawn.end(), std::pair<Item, Item>(pair)) != drawn.end()) continue;
    drawn.emplace_back(pair);
    const std::string tip =
        text(item_name(rule.antecedent.front()), " and ", item_name(rule.consequent.front()), ": ",
             counted(rule.together_count, "basket", "baskets"), ", ", times_text(rule.lift()),
             " as often as by chance");
    const std::size_t from = place_of(rule.antecedent.front());
    const std::size_t to = place_of(rule.consequent.front());
    chart.links.push_back({from, to, static_cast<double>(rule.together_count), tip});
  }
  return chart;
}

}  // namespace

void add_baskets_section(ReportPage& page, std::span<const BasketRule> rules,
                         const std::function<std::string(Item)>& item_name,
                         const BasketSectionOptions& options) {
  page.begin_section("Bought together",
                     rules.empty() ? ""
                                   : text("What customers put into one basket, out of ",
                                          counted(rules.front().baskets, "basket", "baskets"), ". ",
                                          options.order));
  if (rules.empty()) {
    page.add_paragraph("No two items are bought together often enough to speak of a rule.");
    return;
  }
  const ArcChart chart = pairs_chart(rules, item_name, options.drawn);
  if (!chart.links.empty()) {
    page.add_chart(chart, text("The first ", chart.links.size(),
                               " pairs. Items that hang together stand "
                               "side by side in one colour: offer them on one page, or as a set."));
  }
  ReportTable table{
      .caption = "Rules",
      .columns = {"Who takes", "also takes", "Baskets with both", "Confidence", "Lift", "Support"},
      .row_limit = options.listed};
  for (const BasketRule& rule : rules) {
    table.rows.push_back(
        {names_of(rule.antecedent, item_name),
         names_of(rule.consequent, item_name),
         rule.together_count,
         {rule.confidence(), detail::percent_column},
         {rule.lift(), {.decimals = 1, .keep_zeros = true}},
         {rule.support(), {.style = NumberStyle::percent, .decimals = 2, .keep_zeros = true}}});
  }
  page.add_table(table);
  page.add_paragraph(
      "Confidence is the share of the baskets with what stands on the left that have what stands "
      "on the right too; lift, how many times as many that is as in all baskets; support, the "
      "share of all baskets that have both. A rule says what goes together, not what would happen "
      "if one were offered.");
}

void add_replenishment_section(ReportPage& page, std::span<const Replenishment> due,
                               const PurchaseIntervals& report,
                               const std::function<std::string(Customer)>& customer_name,
                               const std::function<std::string(Item)>& item_name,
                               double within_days, std::size_t listed) {
  const ValueFormat whole{.decimals = 0};
  page.begin_section(
      "Due again", text("Who needs what again by now or within ", format_value(within_days, whole),
                        " days, the likeliest first."));
  if (due.empty()) {
    page.add_paragraph("Nothing is likely enough to be bought again so soon.");
    return;
  }
  ReportTable table{
      .caption = "Customers to remind",
      .columns = {"Customer", "Item", "Bought", "Last", "Every (days)", "Due", "Chance"},
      .row_limit = listed};
  for (const Replenishment& one : due) {
    table.rows.push_back({customer_name(one.customer),
                          item_name(one.item),
                          text(one.purchases, one.purchases == 1 ? " time" : " times"),
                          local_day(one.last),
                          {one.interval_days, whole},
                          local_day(one.due),
                          {one.buys, {.style = NumberStyle::percent, .decimals = 0}}});
  }
  page.add_table(table);
  page.add_paragraph(
      text("Learned from ", counted(report.intervals, "interval", "intervals"),
           " between purchases of ", counted(report.items, "item", "items"),
           " that anybody bought again; half of the intervals of "
           "the typical item are over after ",
           format_value(report.typical_days, whole),
           " days. The chance is that of a purchase within the days asked for; it knows that many "
           "customers never come back for an item."));
}

}  // namespace emptor
