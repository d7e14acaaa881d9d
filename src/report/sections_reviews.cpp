#include "emptor/report/sections_reviews.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/report/chart.hpp"
#include "report/referral_text.hpp"
#include "report/section_text.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;
using detail::in_words;
using detail::percent_text;
using detail::share_of;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
const ValueFormat two{.decimals = 2, .keep_zeros = true};
constexpr double excerpt = 900;  // room for a text in a table
constexpr double text_size = 12;

/// An aspect over all months.
struct AspectTotal {
  std::string aspect;
  std::uint64_t mentions = 0;
  std::uint64_t judged = 0;
  std::uint64_t positive = 0;
  std::uint64_t negative = 0;
  double sum = 0;

  [[nodiscard]] double share(std::uint64_t part) const {
    return static_cast<double>(part) / static_cast<double>(judged);
  }
};

std::vector<AspectTotal> totals_of(std::span<const AspectPeriod> periods) {
  std::vector<AspectTotal> out;
  for (const AspectPeriod& period : periods) {
    auto at = std::find_if(out.begin(), out.end(),
                           [&](const AspectTotal& one) { return one.aspect == period.aspect; });
    if (at == out.end()) at = out.insert(out.end(), AspectTotal{.aspect = period.aspect});
    at->mentions += period.mentions;
    at->judged += period.judged;
    at->positive += period.positive;
    at->negative += period.negative;
    if (period.judged > 0) at->sum += period.mean * static_cast<double>(period.judged);
  }
  std::stable_sort(out.begin(), out.end(), [](const AspectTotal& a, const AspectTotal& b) {
    return a.mentions > b.mentions;
  });
  return out;
}

void draw_aspects(ReportPage& page, std::span<const AspectTotal> aspects) {
  StackChart chart{.labels = {"How reviews feel, by aspect", "Most spoken of first",
                              "Shares of good and of bad words on each aspect, to the right and to "
                              "the left of zero; the rest is neither.",
                              "Share of what was said with feeling", ""},
                   .series = {{"bad", 1}, {"good", 0}},
                   .left = 1};
  ReportTable table{.caption = "By aspect",
                    .columns = {"Aspect", "Spoken of", "With feeling", "Good", "Bad", "Mean"}};
  for (const AspectTotal& one : aspects) {
    const double mean = one.judged > 0 ? one.sum / static_cast<double>(one.judged) : missing;
    table.rows.push_back(
        {one.aspect,
         one.mentions,
         one.judged,
         {share_of(static_cast<double>(one.positive), static_cast<double>(one.judged)),
          detail::percent_column},
         {share_of(static_cast<double>(one.negative), static_cast<double>(one.judged)),
          detail::percent_column},
         {mean, two}});
    if (one.judged == 0 || chart.rows.size() == 20) continue;
    chart.rows.push_back({.name = one.aspect,
                          .values = {one.share(one.negative), one.share(one.positive)},
                          .note = text("n = ", count_text(one.judged))});
  }
  page.add_chart(chart);
  page.begin_details("Aspects in numbers").add_table(table);
  page.add_paragraph(
      "Mean: the feeling of what was said, from -1 (as bad as can be) to 1; good begins at 0.05, "
      "bad "
      "at -0.05.");
  page.end_details();
}

/// The aspects that are spoken of most, month by month.
void draw_months(ReportPage& page, std::span<const AspectPeriod> periods,
                 std::span<const AspectTotal> aspects) {
  constexpr std::size_t drawn = 4;
  std::set<std::int32_t> months;
  for (const AspectPeriod& period : periods) months.insert(period.month);
  if (months.size() < 3) return;
  TimeChart chart{.labels = {"Feeling by month", "",
                             "Mean feeling of the aspects that are spoken of most, by month.", "",
                             "Mean, from -1 to 1"},
                  .format = {.decimals = 2}};
  for (std::int32_t month = *months.begin(); month <= *months.rbegin(); ++month) {
    chart.days.push_back(std::chrono::year{month / 12} / (month % 12 + 1) / 1);
  }
  for (std::size_t a = 0; a < std::min(drawn, aspects.size()); ++a) {
    LineSeries& series = chart.series.emplace_back();
    series.name = aspects[a].aspect;
    series.values.assign(chart.days.size(), missing);
    for (const AspectPeriod& period : periods) {
      if (period.aspect != series.name || period.judged == 0) continue;
      series.values[static_cast<std::size_t>(period.month - *months.begin())] = period.mean;
    }
  }
  page.add_chart(chart, "A gap: nothing was said with feeling in that month.");
}

void list_care(ReportPage& page, const ReviewOverview& overview, std::size_t listed) {
  std::string by_trigger;
  for (std::size_t t = 0; t < care_triggers; ++t) {
    if (overview.care[t] == 0) continue;
    by_trigger += text(by_trigger.empty() ? "" : ", ", in_words(name(static_cast<CareTrigger>(t))),
                       ": ", count_text(overview.care[t]));
  }
  page.add_heading("Who needs care");
  if (by_trigger.empty()) {
    page.add_paragraph("No review speaks of injury, of lawyers or of money back.");
    return;
  }
  page.add_paragraph(
      text("Reviews that somebody should answer, by what they speak of: ", by_trigger,
           ". Words alone are looked at, so that some of them are false alarms."));
  ReportTable table{.caption = "Gravest first",
                    .columns = {"How grave", "Speaks of", "Customer", "Date", "Review"},
                    .row_limit = listed};
  for (const CareExample& one : overview.examples) {
    std::string triggers;
    for (const CareTrigger trigger : one.triggers) {
      triggers += text(triggers.empty() ? "" : ", ", in_words(name(trigger)));
    }
    table.rows.push_back({std::string(name(one.severity)), triggers, one.customer,
                          local_day(one.time), detail::shorten(one.text, excerpt, text_size)});
  }
  page.add_table(table);
}

std::string signal_text(const ReviewSignal& signal) {
  const auto measured = signal.measured;
  switch (signal.kind) {
    case ReviewSignalKind::near_duplicate:
      return text("like an earlier review (",
                  format_value(static_cast<double>(measured) / 1000,
                               {.style = NumberStyle::percent, .decimals = 0}),
                  " alike)");
    case ReviewSignalKind::burst:
      return text("one of ", measured, " reviews of the item within two days");
    case ReviewSignalKind::co_review:
      return text("goes together with another reviewer on ", measured, " items");
    case ReviewSignalKind::rating_deviation:
      return text("rating ", format_value(static_cast<double>(measured) / 1000, {.decimals = 1}),
                  " away from that of others");
    case ReviewSignalKind::one_product:
      return text("has reviewed nothing but this item",
                  measured > 1 ? text(", ", measured, " times") : std::string());
    case ReviewSignalKind::rhythm:
      return text(measured, " reviews within a day");
  }
  return {};
}

}  // namespace

void add_review_section(ReportPage& page, const ReviewOverview& overview, std::size_t listed,
                        const std::string& title) {
  page.begin_section(title, "What customers write, by what they speak of.");
  if (overview.reviews == 0) {
    page.add_paragraph("There are no reviews.");
    return;
  }
  const auto share = [&](std::uint64_t part) {
    return percent_text(share_of(static_cast<double>(part), static_cast<double>(overview.reviews)));
  };
  std::string lead = text(counted(overview.reviews, "review", "reviews"), ": ",
                          share(overview.positive), " sound good, ", share(overview.negative),
                          " bad, ", share(overview.neutral), " neither.");
  for (std::size_t c = 0; c < review_classes; ++c) {
    lead += text(c == 0                   ? " They mostly speak of "
                 : c + 1 < review_classes ? ", "
                                          : " and ",
                 name(static_cast<ReviewClass>(c)), " (", count_text(overview.classes[c]), ')');
  }
  page.add_paragraph(text(lead, "; ", count_text(overview.unclassed),
                          " speak of nothing that is looked for. ", overview.how));
  const std::vector<AspectTotal> aspects = totals_of(overview.aspects);
  if (!aspects.empty()) {
    draw_aspects(page, aspects);
    draw_months(page, overview.aspects, aspects);
  }
  list_care(page, overview, listed);
}

void add_review_audit_section(ReportPage& page, const ReviewAudit& audit, std::size_t listed,
                              const std::string& title) {
  page.begin_section(title, "Signals, each with what was measured; none of them is a proof.");
  if (audit.reviews == 0) {
    page.add_paragraph("There are no reviews.");
    return;
  }
  page.add_paragraph(text(
      counted(audit.suspicious, "review", "reviews"), " of ", count_text(audit.reviews),
      audit.suspicious == 1 ? " has" : " have", " a score of at least ",
      percent_text(audit.probability),
      ". The score adds up what speaks against a review; its weights are judgement, so it orders "
      "reviews rather than counting the false ones."));
  BarChart chart{
      .labels = {"What speaks against reviews", "", "Number of reviews by signal.", "", "Reviews"},
      .series = {{.name = "reviews"}},
      .format = {.decimals = 0},
      .horizontal = true};
  for (std::size_t k = 0; k < review_signal_kinds; ++k) {
    chart.categories.push_back(in_words(name(static_cast<ReviewSignalKind>(k))));
    chart.series[0].values.push_back(static_cast<double>(audit.fired[k]));
  }
  page.add_chart(chart);
  if (audit.worst.empty()) return;
  ReportTable table{.caption = "To be looked at first",
                    .columns = {"Score", "Reviewer", "Item", "Date", "Why", "Review"},
                    .row_limit = listed};
  for (const SuspiciousReview& one : audit.worst) {
    std::string why;
    for (const ReviewSignal& signal : one.suspicion.signals()) {
      why += text(why.empty() ? "" : "; ", signal_text(signal));
    }
    table.rows.push_back(
        {{one.suspicion.probability(), {.style = NumberStyle::percent, .decimals = 0}},
         one.reviewer,
         one.item,
         local_day(one.time),
         why,
         detail::shorten(one.text, excerpt / 2, text_size)});
  }
  page.add_table(table);
}

}  // namespace emptor
