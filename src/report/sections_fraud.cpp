#include <cmath>
#include <vector>

#include "emptor/report/chart.hpp"
#include "emptor/report/sections_referral.hpp"
#include "report/referral_text.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;
using detail::customer_text;

std::string days_text(std::int64_t seconds) {
  return seconds < 86'400 ? std::string("less than a day")
                          : counted(static_cast<std::uint64_t>(seconds / 86'400), "day", "days");
}

std::string percent_of(std::int64_t basis_points) {
  return detail::percent_text(static_cast<double>(basis_points) / 10'000);
}

std::string_view noun(std::size_t kind) {
  constexpr std::string_view nouns[] = {"e-mail address", "telephone number", "means of payment",
                                        "device", "postal address"};
  return kind < 5 ? nouns[kind] : "identity";
}

/// The signal with its evidence, for people who know neither limits nor numbers of customers.
std::string signal_words(const FraudSignal& signal, const CustomerNames& names, Currency currency) {
  using Kind = FraudSignalKind;
  const auto kind = static_cast<std::size_t>(signal.kind);
  const auto n = static_cast<std::uint64_t>(signal.measured < 0 ? 0 : signal.measured);
  const auto other = [&] {
    return signal.other == no_customer ? std::string() : customer_text(names, signal.other);
  };
  if (signal.kind >= Kind::shared_email && signal.kind <= Kind::shared_address) {
    return text("referrer and referred have one ",
                noun(kind - static_cast<std::size_t>(Kind::shared_email)), " in common, held by ",
                counted(n, "customer", "customers"));
  }
  if (signal.kind >= Kind::siblings_email && signal.kind <= Kind::siblings_address) {
    return text(count_text(n), " whom the referrer brought have one ",
                noun(kind - static_cast<std::size_t>(Kind::siblings_email)), " in common");
  }
  switch (signal.kind) {
    case Kind::self_referral:
      return "a referral of oneself";
    case Kind::blocked_party:
      return text(other(), " is blocked");
    case Kind::mutual_referral:
      return "the two refer each other";
    case Kind::referral_ring:
      return text("a ring of ", n, " who refer each other in turn");
    case Kind::reversed_age:
      return text("the referred customer signed up ", days_text(signal.measured),
                  " before the referrer");
    case Kind::blocked_identity:
      return text("an identity in common with ",
                  counted(n, "blocked customer", "blocked customers"));
    case Kind::blocked_relative:
      return text(counted(n, "blocked customer", "blocked customers"), " around the referrer");
    case Kind::velocity_p95:
    case Kind::velocity_p99:
      return text(count_text(n), " referrals in a day, above the ", signal.limit, " of ",
                  signal.kind == Kind::velocity_p95 ? "95" : "99", "% of the referrer's days");
    case Kind::burst:
      return text(count_text(n), " referrals within a short time");
    case Kind::one_order_star:
      return text(count_text(n), " whom the referrer brought ordered exactly once");
    case Kind::near_threshold:
      return text("the order is only ", to_string(Money{signal.measured, currency}),
                  " above the least that pays");
    case Kind::refund_rate:
      return text(percent_of(signal.measured), " of what the referred ordered was given back");
    case Kind::coupon_cycling:
      return text(counted(n, "customer", "customers"),
                  " with an identity in common used one coupon");
    case Kind::reward_ratio:
      return text("rewards are ", percent_of(signal.measured), " of what the referred kept");
    default:
      return detail::in_words(name(signal.kind));
  }
}

std::string reasons_text(std::span<const FraudSignal> signals, const CustomerNames& names,
                         Currency currency) {
  std::string out;
  for (const FraudSignal& signal : signals) {
    out += text(out.empty() ? "" : "; ", signal_words(signal, names, currency));
  }
  return out.empty() ? std::string("the score alone") : out;
}

double probability(std::int32_t score) {
  return 1 / (1 + std::exp(-score / 1000.0));
}

void add_queue(ReportPage& page, const ReviewSummary& reviews, Currency currency,
               const CustomerNames& names) {
  page.add_heading("Waiting for somebody to look");
  page.add_paragraph(
      reviews.waiting + reviews.approved + reviews.rejected == 0
          ? std::string("Nothing waits, and nothing had to be reviewed.")
      : reviews.waiting == 0
          ? text("Nothing waits. ", counted(reviews.approved, "review was", "reviews were"),
                 " approved and ", count_text(reviews.rejected), " rejected, ",
                 count_text(reviews.by_deadline), " of them by their deadline.")
          : text(counted(reviews.waiting, "reward waits", "rewards wait"), " with ",
                 to_string(Money{reviews.amount_waiting, currency}), " at stake, of which ",
                 to_string(Money{reviews.expected_loss, currency}),
                 " are expected to be lost if all were approved. So far ",
                 count_text(reviews.approved), " were approved and ", count_text(reviews.rejected),
                 " rejected, ", count_text(reviews.by_deadline), " of them by their deadline."));
  if (reviews.first.empty()) return;
  ReportTable table{.caption = "Most urgent first",
                    .columns = {"Referrer", "Referred", detail::with_unit("At stake", currency),
                                detail::with_unit("Expected loss", currency), "Chance of fraud",
                                "Decided at the latest", "Why"}};
  for (const ReviewItem& item : reviews.first) {
    table.rows.push_back({customer_text(names, item.referrer),
                          customer_text(names, item.referee),
                          ReportCell::amount({item.amount_at_risk, currency}),
                          ReportCell::amount({item.expected_loss, currency}),
                          {probability(item.score), detail::percent_column},
                          local_day(item.deadline),
                          reasons_text(item.signals, names, currency)});
  }
  page.add_table(table);
}

}  // namespace

void add_referral_fraud_section(ReportPage& page, const FraudAudit& audit,
                                const ReviewSummary& reviews, Currency currency,
                                const CustomerNames& customer_name, std::size_t listed) {
  page.begin_section("What speaks against referrals",
                     "Signals are reasons to look, not proof: families share devices, too.");
  if (audit.claims == 0) {
    page.add_paragraph("No referral was claimed.");
    return;
  }
  page.add_paragraph(text("Of ", counted(audit.claims, "referral", "referrals"), " ",
                          count_text(audit.approved), " pass as the facts stand, ",
                          count_text(audit.review), " should be looked at, and ",
                          count_text(audit.blocked), " are blocked. ",
                          counted(audit.mutual_pairs, "pair", "pairs"), " referred each other."));
  add_queue(page, reviews, currency, customer_name);
  BarChart chart{.labels = {"Signals", "Referrals on which each fires; one may have several",
                            "Number of referrals by signal, and how many of them are blocked.", "",
                            "Referrals"},
                 .series = {{.name = "fires"}, {.name = "blocked"}},
                 .format = {.decimals = 0},
                 .horizontal = true};
  for (const FraudSignalCount& signal : audit.signals) {
    if (signal.claims == 0) continue;
    chart.categories.push_back(detail::in_words(name(signal.kind)));
    chart.series[0].values.push_back(static_cast<double>(signal.claims));
    chart.series[1].values.push_back(static_cast<double>(signal.blocked));
  }
  if (chart.categories.empty()) {
    page.add_paragraph("No signal fires.");
  } else {
    page.add_chart(chart);
  }
  if (audit.findings.empty()) return;
  ReportTable table{.caption = "Blocked and doubtful referrals",
                    .columns = {"Referrer", "Referred", "On", "Verdict", "Chance of fraud", "Why"},
                    .row_limit = listed};
  for (const FraudFinding& finding : audit.findings) {
    table.rows.push_back({customer_text(customer_name, finding.referrer),
                          customer_text(customer_name, finding.referee), local_day(finding.time),
                          text(name(finding.decision), finding.by_rule ? ", by a rule" : ""),
                          finding.by_rule
                              ? ReportCell()
                              : ReportCell(probability(finding.score), detail::percent_column),
                          reasons_text(finding.signals, customer_name, currency)});
  }
  page.add_table(table);
}

}  // namespace emptor
