#include <algorithm>
#include <tuple>

#include "emptor/referral/fraud.hpp"

namespace emptor {

namespace {

class Auditor {
 public:
  explicit Auditor(const FraudMonitor& monitor) : monitor_(monitor) {
    for (std::size_t k = 0; k < fraud_signal_kinds; ++k) {
      audit_.signals.push_back({.kind = static_cast<FraudSignalKind>(k)});
    }
  }

  void check(const FraudOccasion& occasion) {
    monitor_.check(occasion, verdict_);
    ++audit_.claims;
    audit_.approved += verdict_.decision == FraudDecision::approve ? 1 : 0;
    audit_.review += verdict_.decision == FraudDecision::review ? 1 : 0;
    audit_.blocked += verdict_.decision == FraudDecision::block ? 1 : 0;
    for (const FraudSignal& signal : verdict_.signals()) {
      FraudSignalCount& count = audit_.signals[static_cast<std::size_t>(signal.kind)];
      ++count.claims;
      count.blocked += verdict_.decision == FraudDecision::block ? 1 : 0;
      count.alone += verdict_.count == 1 ? 1 : 0;
      const bool mutual = signal.kind == FraudSignalKind::mutual_referral;
      audit_.mutual_pairs += mutual && occasion.referrer < occasion.referee ? 1 : 0;
    }
    if (verdict_.decision == FraudDecision::approve) return;
    found_.push_back({occasion, verdict_.decision, verdict_.score});
  }

  FraudAudit finish(std::size_t most) {
    const auto worse = [](const Found& a, const Found& b) {
      return std::tuple(b.decision, b.score, a.occasion.referrer, a.occasion.referee,
                        a.occasion.time, a.occasion.order_amount) <
             std::tuple(a.decision, a.score, b.occasion.referrer, b.occasion.referee,
                        b.occasion.time, b.occasion.order_amount);
    };
    most = std::min(most, found_.size());
    std::partial_sort(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(most),
                      found_.end(), worse);
    for (std::size_t i = 0; i < most; ++i) {
      const FraudOccasion& occasion = found_[i].occasion;
      monitor_.check(occasion, verdict_);
      audit_.findings.push_back(
          {.referrer = occasion.referrer,
           .referee = occasion.referee,
           .time = occasion.time,
           .decision = verdict_.decision,
           .by_rule = verdict_.by_rule,
           .prior = verdict_.prior,
           .score = verdict_.score,
           .signals = {verdict_.signals().begin(), verdict_.signals().end()}});
    }
    return std::move(audit_);
  }

 private:
  struct Found {
    FraudOccasion occasion;
    FraudDecision decision;
    std::int32_t score;
  };
  const FraudMonitor& monitor_;
  FraudVerdict verdict_;
  FraudAudit audit_;
  std::vector<Found> found_;
};

}  // namespace

FraudAudit audit_referrals(const FraudMonitor& monitor, const FraudAuditOptions& options) {
  Auditor auditor(monitor);
  for (std::size_t i = 0; i < monitor.claims(); ++i) {
    const FraudClaim claim = monitor.claim(i);
    auditor.check({.referrer = claim.referrer, .referee = claim.referee, .time = claim.time});
  }
  return auditor.finish(options.findings);
}

FraudAudit audit_referrals(const FraudMonitor& monitor, std::span<const FraudOccasion> occasions,
                           const FraudAuditOptions& options) {
  Auditor auditor(monitor);
  for (const FraudOccasion& occasion : occasions) auditor.check(occasion);
  return auditor.finish(options.findings);
}

}  // namespace emptor
