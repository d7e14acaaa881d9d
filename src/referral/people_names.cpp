#include "emptor/referral/advocate_result.hpp"
#include "emptor/referral/matched_value_result.hpp"
#include "emptor/referral/review_result.hpp"

namespace emptor {

std::string_view name(ReviewState state) noexcept {
  switch (state) {
    case ReviewState::open:
      return "open";
    case ReviewState::assigned:
      return "assigned";
    case ReviewState::approved:
      return "approved";
    case ReviewState::rejected:
      return "rejected";
  }
  return "unknown";
}

std::string_view name(ReviewAnswer answer) noexcept {
  switch (answer) {
    case ReviewAnswer::approve:
      return "approve";
    case ReviewAnswer::reject:
      return "reject";
  }
  return "unknown";
}

std::string_view name(ReviewTruth truth) noexcept {
  switch (truth) {
    case ReviewTruth::unknown:
      return "unknown";
    case ReviewTruth::fraud:
      return "fraud";
    case ReviewTruth::honest:
      return "honest";
  }
  return "unknown";
}

std::string_view name(ReviewStep step) noexcept {
  switch (step) {
    case ReviewStep::opened:
      return "opened";
    case ReviewStep::assigned:
      return "assigned";
    case ReviewStep::approved:
      return "approved";
    case ReviewStep::rejected:
      return "rejected";
    case ReviewStep::fraud:
      return "fraud";
    case ReviewStep::honest:
      return "honest";
  }
  return "unknown";
}

std::string_view name(AdvocateTrigger trigger) noexcept {
  switch (trigger) {
    case AdvocateTrigger::good_review:
      return "good_review";
    case AdvocateTrigger::promoter:
      return "promoter";
    case AdvocateTrigger::repeat_order:
      return "repeat_order";
    case AdvocateTrigger::delivered_intact:
      return "delivered_intact";
    case AdvocateTrigger::tier_up:
      return "tier_up";
    case AdvocateTrigger::past_referral:
      return "past_referral";
    case AdvocateTrigger::shared:
      return "shared";
  }
  return "unknown";
}

std::string_view name(AskAdvice advice) noexcept {
  switch (advice) {
    case AskAdvice::ask:
      return "ask";
    case AskAdvice::too_cold:
      return "too_cold";
    case AskAdvice::asked_lately:
      return "asked_lately";
    case AskAdvice::complained:
      return "complained";
  }
  return "unknown";
}

std::string_view name(MatchMethod method) noexcept {
  switch (method) {
    case MatchMethod::coarsened:
      return "coarsened";
    case MatchMethod::nearest:
      return "nearest";
  }
  return "unknown";
}

}  // namespace emptor
