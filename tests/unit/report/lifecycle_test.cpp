#include <string>

#include "emptor/report/sections_lifecycle.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

template <class Add>
std::string page_with(const Add& add) {
  ReportPage page({.title = "t"});
  add(page);
  const std::string html = page.html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, "nan") == 0);
  return html;
}

LifecycleHistory history_of(std::size_t months) {
  LifecycleHistory out;
  out.currency = Currency("GBP");
  for (std::size_t m = 0; m < months; ++m) {
    const auto month = static_cast<std::int32_t>(2010 * 12 + m);
    out.growth.push_back({.month = month,
                          .active = 30 + m,
                          .fresh = 10 + m,
                          .retained = 15,
                          .resurrected = 5,
                          .lost = m,
                          .fresh_sales = 123'450});
    out.ends.push_back(Day{std::chrono::days{14'000 + 30 * static_cast<int>(m)}});
    out.counts.push_back({5, 10 + m, 20, 3, 1, 4, 6, 2});
  }
  for (std::size_t m = 1; m < months; ++m) {
    LifecycleMoves moves{.from = out.ends[m - 1], .to = out.ends[m], .counts = {}};
    moves.counts[9] = 7;
    out.moves.push_back(moves);
  }
  return out;
}

}  // namespace

TEST_CASE("lifecycle: growth, stages, moves and all months", "[report][lifecycle]") {
  const std::string html =
      page_with([](ReportPage& page) { add_lifecycle_section(page, history_of(40)); });
  CHECK_THAT(html, ContainsSubstring("Customers by month"));
  CHECK_THAT(html, ContainsSubstring("Moves between stages"));
  CHECK_THAT(html, ContainsSubstring("resurrected"));
  CHECK_THAT(html, ContainsSubstring("At risk after 60, dormant after 120"));
  CHECK_THAT(html, ContainsSubstring("1,234.50"));
  CHECK_THAT(html, ContainsSubstring("2013-04"));
  LifecycleHistory rhythm = history_of(1);
  rhythm.options.clock = LifecycleClock::own_rhythm;
  const std::string short_page =
      page_with([&](ReportPage& page) { add_lifecycle_section(page, rhythm); });
  CHECK_THAT(short_page, ContainsSubstring("own usual gap"));
  CHECK(count(short_page, "Moves between stages") == 0);
  CHECK_THAT(page_with([](ReportPage& page) { add_lifecycle_section(page, {}); }),
             ContainsSubstring("No customer has a purchase"));
  LifecycleHistory broken = history_of(3);
  broken.ends.pop_back();
  ReportPage page({.title = "t"});
  CHECK_THROWS_AS(add_lifecycle_section(page, broken), Exception);
}

TEST_CASE("tiers of value with their curve", "[report][lifecycle]") {
  ValueTiers tiers;
  tiers.currency = Currency("EUR");
  tiers.tiers = {{"A<b>", 1, 8000, 8000, 0.25, 0.8},
                 {"B", 1, 1500, 1500, 0.25, 0.15},
                 {"C", 2, 500, 200, 0.5, 0.05}};
  tiers.of_value = {0, 1, 2, 2};
  tiers.curve = {{0, 0}, {0.25, 0.8}, {0.5, 0.95}, {0.75, 0.98}, {1, 1}};
  const std::string html =
      page_with([&](ReportPage& page) { add_value_tiers_section(page, tiers); });
  CHECK_THAT(html, ContainsSubstring("ABC curve"));
  CHECK_THAT(html, ContainsSubstring("A&lt;b&gt;"));
  CHECK_THAT(html, ContainsSubstring("80.00"));
  CHECK_THAT(html, ContainsSubstring("with all who bring as much"));
  CHECK_THAT(page_with([](ReportPage& page) { add_value_tiers_section(page, {}); }),
             ContainsSubstring("No customer has a purchase"));
}

TEST_CASE("loyalty with and without brands; eight classes", "[report][lifecycle]") {
  LoyaltyReport loyalty;
  for (std::uint32_t c = 0; c < 9; ++c) {
    CustomerLoyalty one{.customer = Customer{c}};
    one.purchase_days = c + 1;
    one.index = 10.0 * c;
    loyalty.customers.push_back(one);
  }
  const std::string plain =
      page_with([&](ReportPage& page) { add_loyalty_section(page, loyalty); });
  CHECK_THAT(plain, ContainsSubstring("Loyalty index"));
  CHECK(count(plain, "From brand to brand") == 0);
  loyalty.switching = 0.25;
  loyalty.moves = {{"Alpha", "Beta"}, {3, 1, 0, 4}};
  const std::string brands =
      page_with([&](ReportPage& page) { add_loyalty_section(page, loyalty); });
  CHECK_THAT(brands, ContainsSubstring("From brand to brand"));
  CHECK_THAT(brands, ContainsSubstring("25.0%"));
  CHECK_THAT(page_with([](ReportPage& page) { add_loyalty_section(page, {}); }),
             ContainsSubstring("No customer has a purchase"));

  ValueClasses classes;
  classes.classes.resize(2);
  classes.classes[0].name = "重要价值客户";
  classes.classes[0].customers = 3;
  classes.classes[1].name = "重要发展客户";
  classes.of_row = {0, 0, 0};
  const std::string html = page_with(
      [&](ReportPage& page) { add_value_classes_section(page, classes, Currency("CNY")); });
  CHECK_THAT(html, ContainsSubstring("重要价值客户"));
  CHECK_THAT(html, ContainsSubstring("mean of the customers"));
  CHECK_THAT(page_with([](ReportPage& page) { add_value_classes_section(page, {}); }),
             ContainsSubstring("No customer has a purchase"));
}
