#include "emptor/report/sections.hpp"

#include "browser/sample_results.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using namespace emptor::test;

namespace {

template <class Add>
std::string html_of(const Add& add) {
  ReportPage page({.title = "t"});
  add(page);
  const std::string html = page.html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, "<img") == 0);
  CHECK(count(html, "nan") == 0);
  return html;
}

}  // namespace

TEST_CASE("all sections make one well-formed page, twice the same", "[report][sections]") {
  const std::string html = html_of([](ReportPage& page) { add_all_sections(page); });
  CHECK(html == html_of([](ReportPage& page) { add_all_sections(page); }));
  CHECK(count(html, "<section ") == 8);
  CHECK(count(html, "<div class=\"tile\">") == 5);
}

TEST_CASE("sales are shown in major units, exact in tables", "[report][sections]") {
  const std::string html = html_of([](ReportPage& page) {
    add_sales_tiles(page, sample_sales());
    add_sales_section(page, sample_sales());
  });
  CHECK_THAT(html, ContainsSubstring(">550,000.00</td>"));  // before refunds, first month
  CHECK_THAT(html, ContainsSubstring(">-40,000.00</td>"));  // its refunds
  CHECK_THAT(html, ContainsSubstring(">510,000.00</td>"));  // net
  CHECK_THAT(html, ContainsSubstring("Revenue (GBP)"));
  CHECK_THAT(html, ContainsSubstring("11.3M GBP"));  // 11,830,000 less 527,800
  CHECK_THAT(html, ContainsSubstring("names no customer"));
  CHECK_THAT(html, ContainsSubstring("2010-12-01: 510k"));  // the tip of the first point
}

TEST_CASE("the groups beyond the limit are added up", "[report][sections]") {
  const SalesByGroup groups = sample_groups();
  const std::string html = html_of(
      [&](ReportPage& page) { add_sales_groups_section(page, groups, "Sales by channel", 3); });
  std::int64_t rest = 0;
  for (std::size_t i = 3; i < groups.groups.size(); ++i) rest += groups.groups[i].sums.net();
  CHECK_THAT(html,
             ContainsSubstring("the other 17: " + format_value(static_cast<double>(rest) / 100,
                                                               {.style = NumberStyle::compact})));
  CHECK_THAT(html, ContainsSubstring("not known"));
}

TEST_CASE("concentration shows the result's own numbers", "[report][sections]") {
  const std::string html =
      html_of([](ReportPage& page) { add_concentration_section(page, sample_concentration()); });
  CHECK_THAT(html, ContainsSubstring("Gini 0.6"));
  CHECK_THAT(html, ContainsSubstring("top 20% have 66.9%"));
  CHECK_THAT(html, ContainsSubstring(">31.0%</td>"));
  CHECK_THAT(html, ContainsSubstring("(12) count with nothing"));
}

TEST_CASE("RFM shows every cell and every segment", "[report][sections]") {
  const SampleRfm rfm = sample_rfm();
  const std::string html =
      html_of([&](ReportPage& page) { add_rfm_section(page, rfm.result, rfm.segments, rfm.grid); });
  for (int r = 1; r <= 5; ++r) {
    for (int f = 1; f <= 5; ++f) {
      CHECK_THAT(html, ContainsSubstring(text("<title>", r, ", ", f, ": ",
                                              rfm.grid.at(r, f).customers, "</title>")));
    }
  }
  CHECK_THAT(html, ContainsSubstring("Refunds are netted"));
  CHECK_THAT(html, ContainsSubstring("ordered by the first purchase"));
  CHECK_THAT(html, ContainsSubstring(">Nobody</td>"));
  RfmGrid other = rfm.grid;
  other.bins = 4;
  ReportPage page({.title = "t"});
  CHECK_THROWS_AS(add_rfm_section(page, rfm.result, rfm.segments, other), Exception);
  CHECK_THROWS_AS(add_rfm_section(page, {}, rfm.segments, rfm.grid), Exception);
}

TEST_CASE("cohorts leave blank what was not observed", "[report][sections]") {
  const std::string html =
      html_of([](ReportPage& page) { add_cohort_section(page, sample_cohorts()); });
  CHECK(count(html, ": not observed</title>") == 2 * 78);  // wide and narrow; 12 * 13 / 2 cells
  CHECK_THAT(html, ContainsSubstring("2010-12 (894), 0: 100"));
  CHECK_THAT(html, ContainsSubstring(">894</td>"));
  const std::string many =
      html_of([](ReportPage& page) { add_cohort_section(page, sample_cohorts(60)); });
  CHECK_THAT(many, ContainsSubstring("latest 24 of 60 cohorts"));
  CohortTable broken = sample_cohorts();
  broken.counts.pop_back();
  ReportPage page({.title = "t"});
  CHECK_THROWS_AS(add_cohort_section(page, broken), Exception);
}

TEST_CASE("models come with intervals, definitions and careful verdicts", "[report][sections]") {
  const auto models = sample_models();
  const auto comparisons = sample_comparisons();
  const std::string html =
      html_of([&](ReportPage& page) { add_models_section(page, models, comparisons); });
  CHECK_THAT(html, ContainsSubstring("Implicit ALS: 0.1290 [0.1238, 0.1355]"));
  CHECK_THAT(html, ContainsSubstring("Recall@10"));
  CHECK(count(html, ">better</td>") == 1);
  CHECK(count(html, ">no clear difference</td>") == 1);
  CHECK(count(html, ">worse</td>") == 1);  // more Gini is worse
  CHECK_THAT(html, ContainsSubstring("&lt; 0.0001"));
  CHECK_THAT(html, ContainsSubstring("Hits among the first k, divided by |T|."));
}

TEST_CASE("recommendations say why", "[report][sections]") {
  const auto samples = sample_recommendations();
  const std::string html = html_of(
      [&](ReportPage& page) { add_recommendations_section(page, samples, sample_item_name); });
  CHECK_THAT(html, ContainsSubstring("because of ITEM 1 (66%), "));
  CHECK_THAT(html, ContainsSubstring("popular: 812 purchases"));
  CHECK_THAT(html, ContainsSubstring("and 3 more."));
  CHECK(count(html, "ITEM 3 (") == 0);  // a share against is no reason for
  CHECK_THAT(html, ContainsSubstring("Nothing to recommend."));
  auto broken = samples;
  broken[0].reasons.pop_back();
  ReportPage page({.title = "t"});
  CHECK_THROWS_AS(add_recommendations_section(page, broken, sample_item_name), Exception);
}

TEST_CASE("quality adds up and warns", "[report][sections]") {
  const std::string html =
      html_of([](ReportPage& page) { add_quality_section(page, sample_quality()); });
  CHECK_THAT(html, ContainsSubstring(">541,909</td>"));
  CHECK_THAT(html, ContainsSubstring(">11,909</td>"));  // rejected in all
  CHECK_THAT(html, ContainsSubstring("a price below zero"));
  CHECK_THAT(html, ContainsSubstring("2.2% of the rows could not be used"));
  CHECK_THAT(html, ContainsSubstring("Sales of 10,666,684.72 less refunds of 918,937.73"));
  CHECK_THAT(html, ContainsSubstring(">38,970</td>"));  // the largest price
}

TEST_CASE("empty results give sections that say so", "[report][sections]") {
  const std::string html = html_of([](ReportPage& page) {
    add_sales_tiles(page, {});
    add_quality_section(page, {});
    add_sales_section(page, {});
    add_sales_groups_section(page, {});
    add_concentration_section(page, {});
    add_rfm_section(page, {}, {}, {.bins = 5, .cells = std::vector<RfmCell>(25)});
    add_cohort_section(page, {});
    add_models_section(page, {}, {});
    add_recommendations_section(page, {}, sample_item_name);
  });
  CHECK(count(html, "<section ") == 8);
  CHECK(count(html, "<svg") == 0);
  CHECK_THAT(html, ContainsSubstring("The file has no rows."));
  CHECK_THAT(html, ContainsSubstring("No model was evaluated."));
}
