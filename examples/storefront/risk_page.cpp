#include "risk_page.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/time.hpp"
#include "emptor/report/sections_anomaly.hpp"
#include "emptor/report/sections_churn.hpp"
#include "emptor/report/sections_leads.hpp"
#include "emptor/report/sections_probability.hpp"
#include "emptor/report/sections_reviews.hpp"
#include "emptor/report/sections_satisfaction.hpp"

namespace storefront {
namespace {

std::string day_of(emptor::Time time) {
  return emptor::to_string(emptor::local_day(time));
}

std::string quality_text(std::string_view what, const VoiceQuality& quality) {
  return emptor::text(what, ": ", quality.rows, " rows read, ", quality.kept, " kept; ",
                      quality.unsound, " could not be read, ", quality.no_time, " have no time, ",
                      quality.empty, " say nothing (or again what was said); of the kept, ",
                      quality.unknown, " are of somebody unknown, and ", quality.no_number,
                      " values are no numbers.");
}

void add_left_out(emptor::ReportPage& page, const char* title, const char* why) {
  page.begin_section(title);
  page.add_paragraph(why);
}

/// What the scores would be without the answers that have a mark.
void add_unmarked(emptor::ReportPage& page, const Satisfaction& found) {
  if (found.screening.flagged == 0) return;
  std::string words;
  for (std::size_t v = 0; v < found.views.size(); ++v) {
    const emptor::SatisfactionEstimate& all = found.views[v].report.total;
    const emptor::SatisfactionEstimate& without = found.unmarked[v];
    if (all.answers == 0 || without.answers == 0) continue;
    words +=
        emptor::text(words.empty() ? "" : "; ", found.views[v].question, ' ',
                     emptor::fixed(without.value, 2), " instead of ", emptor::fixed(all.value, 2));
  }
  if (!words.empty()) page.add_paragraph(emptor::text("Without them: ", words, '.'));
}

void add_learned(emptor::ReportPage& page, const Churn& churn) {
  emptor::ReportTable table{
      .caption = "What was learned from",
      .columns = {"On", "Customers then", "Bought nothing in the window", "Share", "Used for"},
      .sortable = false};
  const std::size_t dates = churn.snapshots.size();
  for (std::size_t s = 0; s < dates; ++s) {
    const emptor::LearningSnapshot& one = churn.snapshots[s];
    const char* use = s + 1 == dates                ? "the test"
                      : s + 2 == dates && dates > 2 ? "putting probabilities right"
                                                    : "learning";
    table.rows.push_back({emptor::local_day(one.date),
                          one.labelled,
                          static_cast<std::int64_t>(one.total),
                          {one.rate(), {.style = emptor::NumberStyle::percent, .decimals = 1}},
                          use});
  }
  page.add_table(table);
}

}  // namespace

void add_churn_chapter(emptor::ReportPage& page, const Churn& churn, const ShopTables& shop) {
  const auto key = [&](emptor::Customer customer) {
    return std::string(shop.customers.key(customer));
  };
  if (!churn.problem.empty()) {
    page.begin_section("Who may leave");
    page.add_paragraph(emptor::text("Left out: ", churn.problem, '.'));
  } else {
    emptor::add_churn_watch_section(
        page, churn.watch,
        {.currency = shop.orders.currency(),
         .leaving = emptor::text("buys nothing for ", churn.days, " days"),
         .value = churn.value_words,
         .name = [&](std::uint32_t row) { return key(churn.customers[row]); }},
        "Who may leave, and whom to call first");
    page.add_paragraph(emptor::text(
        "Asked were the ", churn.customers.size(), " customers with an order in the last ",
        churn.silent_days,
        " days; who has been silent for longer has left already. On the list is who leaves with a "
        "probability of at least ",
        emptor::fixed(100 * least_to_call, 0),
        "%. Boosted trees, in which silence never lowers the risk and orders never raise it, "
        "learned it from what was known on dates of the past; their probabilities were put right "
        "on a later date."));
    add_learned(page, churn);
    emptor::add_roc_section(page, churn.auc, churn.roc, "Leaving: who is told apart");
    page.add_paragraph(emptor::text("Measured on what happened in the ", churn.days, " days from ",
                                    day_of(churn.snapshots.back().date),
                                    ", which the model had not seen."));
    emptor::add_reliability_section(page, churn.reliability, "Leaving: do probabilities come true");
    if (churn.reliability.predicted > churn.reliability.observed * 1.1) {
      page.add_paragraph(
          "More was foretold than came: the test falls into a better season than the dates that "
          "were learned from. The order of customers does not suffer from that.");
    }
    emptor::add_lift_section(page, churn.lift, "Leaving: what the first on the list hold");
    emptor::add_profit_section(page, churn.profit, shop.orders.currency(),
                               "Leaving: how many to call");
    const auto amount = [&](double value) {
      return emptor::text(emptor::fixed(value, 2), ' ', shop.orders.currency().code());
    };
    page.add_paragraph(
        emptor::text("Assumed, for want of anything better: a call costs ", amount(call_cost),
                     " and keeps one in ", emptor::fixed(1 / call_saves, 0),
                     " of those who would leave, each worth ", amount(churn.mean_value),
                     " on average. A test with customers who are not called would "
                     "tell."));
  }
  if (!churn.survival.empty()) {
    emptor::add_survival_section(page, churn.survival, &churn.log_rank, 0, "days",
                                 "How long customers stay");
    page.add_paragraph(emptor::text("From the first order on, ", churn.groups,
                                    ". Lost is who was silent for ", churn.silent_days,
                                    " days, whether or not they came back later."));
  }
}

void add_voices_chapter(emptor::ReportPage& page, const Voices& voices) {
  if (voices.satisfaction) {
    const Satisfaction& found = *voices.satisfaction;
    std::vector<emptor::SatisfactionView> views = found.views;
    for (std::size_t v = 0; v < views.size(); ++v) {
      views[v].trend = &found.trends[v];
      views[v].group_name = [&](std::uint32_t group) { return found.channels[group]; };
    }
    emptor::add_satisfaction_section(page, views, &found.screening);
    add_unmarked(page, found);
    page.add_paragraph(quality_text("Surveys", found.quality));
    if (found.drivers) emptor::add_driver_section(page, *found.drivers, found.driven);
  } else {
    add_left_out(page, "How satisfied customers are",
                 "Left out: no answers to surveys were given.");
  }
  if (voices.reviews) {
    const Reviews& found = *voices.reviews;
    if (found.problem.empty()) {
      emptor::add_review_section(page, found.overview);
    } else {
      page.begin_section("What reviews say");
      page.add_paragraph(emptor::text("Left out: ", found.problem, '.'));
    }
    page.add_paragraph(quality_text("Reviews", found.quality));
    emptor::add_review_audit_section(page, found.audit);
  } else {
    add_left_out(page, "What reviews say", "Left out: no reviews were given.");
  }
  if (voices.leads) {
    const Leads& found = *voices.leads;
    emptor::add_lead_section(page, found.now, found.best);
    page.add_paragraph(quality_text("Leads", found.leads) + ' ' +
                       quality_text("What they did", found.events));
    emptor::add_lead_section(page, found.then, {}, {}, "Leads: did the grades keep their word");
    page.add_paragraph(emptor::text("Grades of ", day_of(found.tested),
                                    ", of leads who had not "
                                    "ordered by then, and who of them did since."));
  } else {
    add_left_out(page, "Leads by grade", "Left out: no leads were given.");
  }
}

void add_incidents_chapter(emptor::ReportPage& page, const Incidents& found,
                           const ShopTables& shop) {
  if (found.unusual.orders > 0) {
    emptor::add_order_alarm_section(
        page, found.unusual,
        {.currency = shop.orders.currency(),
         .customer_name =
             [&](emptor::Customer customer) { return std::string(shop.customers.key(customer)); },
         .order_name = [&](std::uint32_t row) { return found.orders[row]; }});
    page.add_paragraph(emptor::text("What is usual was learned from the orders before ",
                                    day_of(found.cut), "; looked at are those from then on."));
  } else {
    add_left_out(page, "Unusual orders", "Left out: there are too few orders to learn from.");
  }
  emptor::add_complaint_section(page, found.returns,
                                {.groups = found.grouped_by,
                                 .cases = "lines sent back",
                                 .exposure = "lines sold",
                                 .title = "What is sent back"});
  if (!found.cases) {
    add_left_out(page, "Cases", "Left out: no cases were given.");
    return;
  }
  emptor::add_complaint_section(
      page, found.cases->by_channel,
      {.groups = "channel", .cases = "cases", .exposure = "orders", .title = "Cases by channel"});
  emptor::add_case_section(page, found.cases->trends, found.cases->times, "Cases by category");
  page.add_paragraph(quality_text("Cases", found.cases->quality));
}

}  // namespace storefront
