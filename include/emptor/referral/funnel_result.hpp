#pragma once
// How many of those who were told of a shop come, sign up, buy and stay, by channel and campaign:
// plain data. Thread safety: values.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// How far one referral of one person got. Each stage is a part of the one before.
enum class FunnelStage : std::uint8_t {
  clicked,    ///< somebody came: by a link, or with a code in hand
  claimed,    ///< said who brought them, or signed up by a link that says it
  signed_up,  ///< became a customer, and this referral won
  qualified,  ///< fulfilled the programme's condition, mostly a first order
  retained,   ///< came again later (FunnelOptions::retained_after)
};

inline constexpr std::size_t funnel_stages = 5;

/// The stage's name as written above.
[[nodiscard]] constexpr std::string_view name(FunnelStage stage) noexcept {
  constexpr std::array<std::string_view, funnel_stages> names{"clicked", "claimed", "signed_up",
                                                              "qualified", "retained"};
  const auto place = static_cast<std::size_t>(stage);
  return place < names.size() ? names[place] : "unknown";
}

/// A share of a count with its interval.
struct FunnelRate {
  std::uint64_t of = 0;    ///< those who could; rate, low and high are 0, 0, 1 when it is 0
  std::uint64_t went = 0;  ///< those who did
  double rate = 0;         ///< went / of
  double low = 0;          ///< Wilson's score interval
  double high = 1;
  friend bool operator==(const FunnelRate&, const FunnelRate&) = default;
};

struct FunnelOptions {
  TimeWindow window{};       ///< of a referral's first touch, and of shares
  double confidence = 0.95;  ///< of intervals, in (0, 1)
  /// Retained: an order at least this long after signing up. > 0.
  std::chrono::seconds retained_after{30 * 86'400};
  /// Referrals whose first touch is later than this before `as_of` have had no time yet and are
  /// left out of every count but `young`; 0: none is left out. >= 0.
  std::chrono::seconds time_to_convert{0};
  std::optional<Time> as_of{};  ///< what is later is left out; none: everything counts
};

/// The referrals of one channel, one campaign, or all.
struct FunnelRow {
  Channel channel = no_id<Channel>;     ///< no_id: all channels together, or not known
  Campaign campaign = no_id<Campaign>;  ///< no_id: all campaigns together, or none
  std::uint64_t shares = 0;             ///< codes and links given away, as far as reported
  std::array<std::uint64_t, funnel_stages> counts{};  ///< referrals by FunnelStage; never growing
  std::uint64_t young = 0;  ///< left out for want of time, see FunnelOptions::time_to_convert

  [[nodiscard]] std::uint64_t at(FunnelStage stage) const noexcept {
    return counts[static_cast<std::size_t>(stage)];
  }
  /// Of a stage, from the one before (`steps[0]`: of claimed among clicked), 4 of them.
  std::array<FunnelRate, funnel_stages - 1> steps{};
  /// Of signed_up among clicked.
  FunnelRate conversion{};
};

struct ReferralFunnelResult {
  FunnelOptions options{};  ///< as given
  FunnelRow total{};
  std::vector<FunnelRow> by_channel{};   ///< ascending by channel, the unknown one last
  std::vector<FunnelRow> by_campaign{};  ///< ascending by campaign, those of none last
  std::vector<FunnelRow> by_both{};      ///< ascending by channel, then campaign
};

}  // namespace emptor
