#include "emptor/referral/fraud_result.hpp"

namespace emptor {

std::string_view name(IdentityKind kind) noexcept {
  switch (kind) {
    case IdentityKind::email:
      return "email";
    case IdentityKind::phone:
      return "phone";
    case IdentityKind::payment:
      return "payment";
    case IdentityKind::device:
      return "device";
    case IdentityKind::address:
      return "address";
  }
  return "unknown";
}

std::string_view name(FraudSignalKind kind) noexcept {
  switch (kind) {
    case FraudSignalKind::self_referral:
      return "self_referral";
    case FraudSignalKind::blocked_party:
      return "blocked_party";
    case FraudSignalKind::mutual_referral:
      return "mutual_referral";
    case FraudSignalKind::referral_ring:
      return "referral_ring";
    case FraudSignalKind::reversed_age:
      return "reversed_age";
    case FraudSignalKind::shared_email:
      return "shared_email";
    case FraudSignalKind::shared_phone:
      return "shared_phone";
    case FraudSignalKind::shared_payment:
      return "shared_payment";
    case FraudSignalKind::shared_device:
      return "shared_device";
    case FraudSignalKind::shared_address:
      return "shared_address";
    case FraudSignalKind::siblings_email:
      return "siblings_email";
    case FraudSignalKind::siblings_phone:
      return "siblings_phone";
    case FraudSignalKind::siblings_payment:
      return "siblings_payment";
    case FraudSignalKind::siblings_device:
      return "siblings_device";
    case FraudSignalKind::siblings_address:
      return "siblings_address";
    case FraudSignalKind::blocked_identity:
      return "blocked_identity";
    case FraudSignalKind::blocked_relative:
      return "blocked_relative";
    case FraudSignalKind::velocity_p95:
      return "velocity_p95";
    case FraudSignalKind::velocity_p99:
      return "velocity_p99";
    case FraudSignalKind::burst:
      return "burst";
    case FraudSignalKind::one_order_star:
      return "one_order_star";
    case FraudSignalKind::near_threshold:
      return "near_threshold";
    case FraudSignalKind::refund_rate:
      return "refund_rate";
    case FraudSignalKind::coupon_cycling:
      return "coupon_cycling";
    case FraudSignalKind::reward_ratio:
      return "reward_ratio";
  }
  return "unknown";
}

std::string_view name(FraudDecision decision) noexcept {
  switch (decision) {
    case FraudDecision::approve:
      return "approve";
    case FraudDecision::review:
      return "review";
    case FraudDecision::block:
      return "block";
  }
  return "unknown";
}

}  // namespace emptor
