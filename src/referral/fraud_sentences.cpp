#include "emptor/core/text.hpp"
#include "emptor/referral/fraud.hpp"
#include "emptor/referral/fraud_signals.hpp"

namespace emptor {

std::string_view name(FraudFact fact) noexcept {
  switch (fact) {
    case FraudFact::recorded:
      return "recorded";
    case FraudFact::known:
      return "known";
    case FraudFact::conflict:
      return "conflict";
    case FraudFact::invalid:
      return "invalid";
  }
  return "unknown";
}

std::string_view name(FraudRule rule) noexcept {
  switch (rule) {
    case FraudRule::score:
      return "score";
    case FraudRule::off:
      return "off";
    case FraudRule::review:
      return "review";
    case FraudRule::block:
      return "block";
  }
  return "unknown";
}

namespace {

std::string percent(std::int64_t basis_points) {
  return text(fixed(static_cast<double>(basis_points) / 100, 1), " %");
}

std::string_view noun(std::size_t kind) {
  constexpr std::string_view nouns[] = {"e-mail address", "telephone number", "means of payment",
                                        "device", "postal address"};
  return nouns[kind];
}

std::string log_odds(std::int32_t thousandths) {
  return text(thousandths < 0 ? "" : "+", fixed(thousandths / 1000.0, 2));
}

}  // namespace

std::string sentence(const FraudSignal& signal, Customer referrer, Customer referee) {
  const std::size_t a = index(referrer);
  const std::size_t b = index(referee);
  const std::int64_t n = signal.measured;
  const auto kind = static_cast<std::size_t>(signal.kind);
  constexpr auto first_shared = static_cast<std::size_t>(FraudSignalKind::shared_email);
  constexpr auto first_sibling = static_cast<std::size_t>(FraudSignalKind::siblings_email);
  switch (signal.kind) {
    case FraudSignalKind::self_referral:
      return text("customer ", a, " refers itself");
    case FraudSignalKind::blocked_party:
      return text("customer ", index(signal.other), " is blocked since ", to_string(signal.time));
    case FraudSignalKind::mutual_referral:
      return text("customers ", a, " and ", b, " refer each other");
    case FraudSignalKind::referral_ring:
      return text("customers ", a, " and ", b, " are in a ring of ", n,
                  " who refer each other in turn; customer ", index(signal.other), " referred ", a);
    case FraudSignalKind::reversed_age:
      return text("customer ", b, " signed up ", n, " seconds before customer ", a,
                  ", who is said to have brought it");
    case FraudSignalKind::shared_email:
    case FraudSignalKind::shared_phone:
    case FraudSignalKind::shared_payment:
    case FraudSignalKind::shared_device:
    case FraudSignalKind::shared_address:
      return text("customers ", a, " and ", b, " have one ", noun(kind - first_shared),
                  " in common, held by ", n, " customers");
    case FraudSignalKind::siblings_email:
    case FraudSignalKind::siblings_phone:
    case FraudSignalKind::siblings_payment:
    case FraudSignalKind::siblings_device:
    case FraudSignalKind::siblings_address:
      return text(n, " customers referred by ", a, " have one ", noun(kind - first_sibling),
                  " in common, ", b, " among them (limit ", signal.limit, ")");
    case FraudSignalKind::blocked_identity:
      return text("one of the two has an identity in common with ", n, " blocked, customer ",
                  index(signal.other), " among them");
    case FraudSignalKind::blocked_relative:
      return text(n, " blocked among those who referred ", a, " and those it referred");
    case FraudSignalKind::velocity_p95:
      return text(n, " referrals by ", a, " on ", to_string(local_day(signal.time)), ", above the ",
                  signal.limit, " of 95 % of its days");
    case FraudSignalKind::velocity_p99:
      return text(n, " referrals by ", a, " on ", to_string(local_day(signal.time)), ", above the ",
                  signal.limit, " of 99 % of its days");
    case FraudSignalKind::burst:
      return text(n, " referrals by ", a, " shortly before ", to_string(signal.time), " (limit ",
                  signal.limit, ")");
    case FraudSignalKind::one_order_star:
      return text(n, " customers referred by ", a, " ordered exactly once (limit ", signal.limit,
                  ")");
    case FraudSignalKind::near_threshold:
      return text("the order is ", n, " minor units above the threshold (suspicious up to ",
                  signal.limit, ")");
    case FraudSignalKind::refund_rate:
      return text(percent(n), " of what those referred by ", a, " ordered was given back (limit ",
                  percent(signal.limit), ")");
    case FraudSignalKind::coupon_cycling:
      return text(n, " customers with an identity in common used one coupon, ", b,
                  " among them (limit ", signal.limit, ")");
    case FraudSignalKind::reward_ratio:
      return text("the rewards of ", a, " are ", percent(n), " of what those it referred kept",
                  " (limit ", percent(signal.limit), ")");
  }
  return "unknown signal";
}

std::string explain(const FraudVerdict& verdict, Customer referrer, Customer referee) {
  std::string out =
      text(name(verdict.decision), verdict.by_rule ? " by a hard rule" : "", ", log-odds ",
           log_odds(verdict.score), " (", fixed(100 * verdict.probability(), 1), " %)\n", "  ",
           log_odds(verdict.prior), "  before any signal\n");
  for (const FraudSignal& signal : verdict.signals()) {
    out += text("  ", signal.hard ? " rule" : log_odds(signal.contribution), "  ",
                sentence(signal, referrer, referee), "\n");
  }
  return out;
}

}  // namespace emptor
