#include "emptor/report/sections_referral.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/report/chart.hpp"
#include "report/referral_text.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;
using detail::percent_text;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
const ValueFormat whole{.decimals = 0};
const ValueFormat percent_axis{.style = NumberStyle::percent, .decimals = 1};

double finite_or_missing(double value) {
  return std::isfinite(value) ? value : missing;
}

/// What is less than half a hundredth is nothing to look at.
double to_hundredths(double value) {
  return std::abs(value) < 0.005 ? 0 : finite_or_missing(value);
}

std::string channel_text(const ChannelNames& names, Channel channel) {
  if (channel == no_id<Channel>) return "not known";
  return names ? names(channel) : text("channel ", index(channel));
}

ReportCell rate_cell(const FunnelRate& rate) {
  if (rate.of == 0) return {};
  return {rate.rate, detail::percent_column};
}

ReportCell interval_cell(const FunnelRate& rate) {
  if (rate.of == 0) return {};
  return ReportCell::worded(rate.low,
                            text(percent_text(rate.low), " to ", percent_text(rate.high)));
}

ReportCell days_cell(const std::optional<double>& seconds) {
  if (!seconds) return {};
  return {*seconds / 86'400, ValueFormat{.decimals = 1}};
}

void add_cycles(ReportPage& page, const ReferralGrowthResult& growth) {
  ReportTable table{.caption = "How long it takes (days)",
                    .columns = {"From … to", "Watched", "Came", "A quarter within", "Half within",
                                "Three quarters within"},
                    .sortable = false};
  const auto row = [&](const char* name, const DurationQuantiles& q) {
    table.rows.push_back(
        {name, q.watched, q.ended, days_cell(q.p25), days_cell(q.p50), days_cell(q.p75)});
  };
  row("invitation to sign-up", growth.invitation_to_sign_up);
  row("a referrer's sign-up to that of who was brought", growth.observed_cycle);
  row("sign-up to the first one brought", growth.first_conversion);
  page.add_table(table);
  page.add_paragraph(
      "A dash: too few have come so far to say. Those who never come count as watched in the first "
      "and the last row.");
}

void add_concentration(ReportPage& page, const ReferrerConcentration& spread) {
  if (spread.referrers == 0) return;
  LorenzChart chart{.labels = {"Who brings them",
                               text(counted(spread.referrals, "customer", "customers"),
                                    " were brought by ", count_text(spread.referrers)),
                               "How customers brought are spread over those who brought somebody.",
                               "Share of referrers, those who brought fewest first",
                               "Share of customers brought"}};
  LorenzSeries& series = chart.series.emplace_back();
  series.name = "referrers";
  series.gini = spread.gini;
  series.top_amount = spread.top_20_percent;
  for (const LorenzPoint& point : spread.lorenz) {
    series.customers.push_back(point.population);
    series.amount.push_back(point.value);
  }
  page.add_chart(chart,
                 text("The best 1% of referrers brought ", percent_text(spread.top_1_percent),
                      ", the best 10% ", percent_text(spread.top_10_percent), "."));
}

}  // namespace

void add_referral_funnel_section(ReportPage& page, const ReferralFunnelResult& funnel,
                                 const ChannelNames& channel_name) {
  page.begin_section("The referral funnel",
                     "From a code or link given away to a customer who comes again.");
  const FunnelRow& all = funnel.total;
  if (all.at(FunnelStage::clicked) == 0 && all.shares == 0) {
    page.add_paragraph("Nothing was shared, and nobody came by a referral.");
    return;
  }
  BarChart stages{
      .labels = {"How far referrals got", "",
                 "Referrals by the furthest stage they reached or passed.", "", "Referrals"},
      .categories = {"clicked", "claimed", "signed up", "qualified", "retained"},
      .series = {{.name = "referrals"}},
      .format = whole,
      .horizontal = true};
  for (const std::uint64_t count : all.counts) {
    stages.series[0].values.push_back(static_cast<double>(count));
  }
  page.add_chart(stages, text("Codes and links were given away ", count_text(all.shares),
                              " times; one of them may bring nobody, or many."));
  IntervalChart chart{
      .labels = {"How many who came signed up",
                 text("By channel, with ", percent_text(funnel.options.confidence), " intervals"),
                 "Share of clicks that became customers, by the channel of the first touch.",
                 "Signed up of clicked", ""},
      .format = percent_axis,
      .from_zero = true};
  ReportTable table{.caption = "By channel",
                    .columns = {"Channel", "Shares", "Clicked", "Claimed", "Signed up", "Qualified",
                                "Retained", "Signed up of clicked", "Interval"}};
  const auto row = [&](const std::string& name, const FunnelRow& one) {
    return std::vector<ReportCell>{name,
                                   one.shares,
                                   one.counts[0],
                                   one.counts[1],
                                   one.counts[2],
                                   one.counts[3],
                                   one.counts[4],
                                   rate_cell(one.conversion),
                                   interval_cell(one.conversion)};
  };
  for (const FunnelRow& one : funnel.by_channel) {
    const std::string name = channel_text(channel_name, one.channel);
    table.rows.push_back(row(name, one));
    if (one.conversion.of > 0 && chart.rows.size() < 40) {
      chart.rows.push_back({.name = name,
                            .estimate = one.conversion.rate,
                            .low = one.conversion.low,
                            .high = one.conversion.high});
    }
  }
  if (!chart.rows.empty()) page.add_chart(chart);
  table.total = row("all", all);
  page.add_table(table);
  if (all.young > 0) {
    page.add_note(ReportNote::note,
                  text(counted(all.young, "referral is", "referrals are"),
                       " too young to be counted: they have had no time to convert yet."));
  }
}

void add_referral_growth_section(ReportPage& page, const ReferralGrowthResult& growth) {
  page.begin_section("Growth by referral", "How many customers one brings, and how soon.");
  if (growth.members == 0) {
    page.add_paragraph("Nobody has joined.");
    return;
  }
  page.add_paragraph(text("Of ", counted(growth.members, "customer", "customers"), " ",
                          percent_text(growth.referred.rate), " were brought by another, ",
                          percent_text(growth.inviters.rate), " invited somebody, and ",
                          percent_text(growth.referrers.rate),
                          " brought somebody. A customer brings ",
                          format_value(growth.all.k.value, {.decimals = 3}), " others (",
                          format_value(growth.all.k.low, {.decimals = 3}), " to ",
                          format_value(growth.all.k.high, {.decimals = 3}),
                          "); above 1 a shop would grow by referral alone."));
  IntervalChart chart{
      .labels = {"Customers brought by each (k-factor)",
                 "By month of joining; young months (second colour) have been watched for less",
                 "Invitations of a member times the chance that one converts, by cohort.",
                 "Customers brought by one", ""},
      .format = {.decimals = 3},
      .from_zero = true};
  ReportTable table{.caption = "By month of joining",
                    .columns = {"Month", "Members", "Brought by others", "Invitations", "Came",
                                "Invitations of each", "Chance to come", "k", "Days watched"}};
  const std::size_t first =
      growth.cohorts.size() - std::min<std::size_t>(growth.cohorts.size(), 24);
  for (std::size_t c = 0; c < growth.cohorts.size(); ++c) {
    const ReferralCohort& cohort = growth.cohorts[c];
    if (c >= first && std::isfinite(cohort.k.value)) {
      const bool sure = std::isfinite(cohort.k.low) && std::isfinite(cohort.k.high);
      chart.rows.push_back({.name = text(cohort.label(), cohort.complete ? "" : " (young)"),
                            .estimate = cohort.k.value,
                            .low = sure ? cohort.k.low : missing,
                            .high = sure ? cohort.k.high : missing,
                            .color = cohort.complete ? 0U : 1U});
    }
    table.rows.push_back({text(cohort.label(), cohort.complete ? "" : " (young)"),
                          cohort.members,
                          cohort.referred,
                          cohort.invitations,
                          cohort.conversions,
                          {finite_or_missing(cohort.invites_each.value), {.decimals = 3}},
                          {finite_or_missing(cohort.conversion.value), detail::percent_column},
                          {finite_or_missing(cohort.k.value), {.decimals = 3}},
                          cohort.horizon.count() / 86'400});
  }
  if (!chart.rows.empty()) page.add_chart(chart);
  page.begin_details("All months");
  page.add_table(table);
  page.end_details();
  add_cycles(page, growth);
  add_concentration(page, growth.concentration);
}

void add_matched_value_section(ReportPage& page, const MatchedValue& matched,
                               std::string_view unit) {
  page.begin_section("Are referred customers worth more?",
                     "Beside others who came at the same time, by the same channel, with a first "
                     "order of about the same size.");
  if (matched.matched_referred == 0 || matched.matched_others == 0) {
    page.add_paragraph("No referred customer has anybody like it to be set against.");
    return;
  }
  const ValueFormat two{.decimals = 2, .keep_zeros = true};
  const bool clear = matched.low > 0 || matched.high < 0;
  page.add_paragraph(
      text(count_text(matched.matched_referred), " of ",
           counted(matched.referred, "referred customer", "referred customers"), " have ",
           count_text(matched.matched_others), " others like them. On average they are worth ",
           format_value(matched.referred_value, two), " against ",
           format_value(matched.others_value, two), " ", unit, ": a difference of ",
           format_value(matched.difference, two), ", with ", percent_text(matched.confidence),
           " confidence between ", format_value(matched.low, two), " and ",
           format_value(matched.high, two), ". ",
           clear ? "That is more than chance."
                 : "It may be chance: nothing shows that being brought makes the difference."));
  IntervalChart chart{.labels = {"Referred less others like them", "",
                                 "Difference of the mean values with its interval.",
                                 text("Difference (", unit, ")"), ""},
                      .rows = {{.name = "matched",
                                .estimate = finite_or_missing(matched.difference),
                                .low = finite_or_missing(matched.low),
                                .high = finite_or_missing(matched.high)},
                               {.name = "without matching",
                                .estimate = finite_or_missing(matched.raw_difference),
                                .color = 1}},
                      .format = {.decimals = 2},
                      .reference = 0.0};
  page.add_chart(chart);
  ReportTable table{.caption = "How alike the two groups are",
                    .columns = {"What", "Apart before matching", "Apart after"}};
  for (const MatchBalance& one : matched.balance) {
    table.rows.push_back(
        {one.covariate, {to_hundredths(one.before), two}, {to_hundredths(one.after), two}});
  }
  page.add_table(table);
  page.add_paragraph(
      "Apart is in standard deviations; below 0.1 is commonly called alike. What was not matched "
      "on may still make the difference.");
}

void add_contest_section(ReportPage& page, std::span<const ContestSnapshot> rankings,
                         Currency currency, const CustomerNames& customer_name) {
  page.begin_section("Who leads", "Ties go to who got there first.");
  if (rankings.empty()) page.add_paragraph("There was no contest.");
  for (const ContestSnapshot& ranking : rankings) {
    const bool money = ranking.measure == ContestMeasure::sum && currency != Currency();
    ReportTable table{.caption = ranking.name,
                      .columns = {"Place", "Customer",
                                  money ? detail::with_unit("Score", currency) : "Score", "Since"}};
    for (const ContestEntry& entry : ranking.entries) {
      table.rows.push_back(
          {entry.rank, detail::customer_text(customer_name, entry.customer),
           money ? ReportCell::amount({entry.score, currency}) : ReportCell(entry.score),
           local_day(entry.reached)});
    }
    if (ranking.entries.empty()) {
      page.add_paragraph(text(ranking.name, ": nobody has a score."));
      continue;
    }
    page.add_table(table);
    page.add_paragraph(text(counted(ranking.participants, "customer has", "customers have"),
                            " a score. Frozen on ", to_string(local_day(ranking.frozen)),
                            "; its hash begins with ", to_hex(ranking.hash).substr(0, 16), "."));
  }
}

}  // namespace emptor
