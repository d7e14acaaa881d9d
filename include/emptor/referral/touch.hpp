#pragma once
// One contact between somebody who brings and somebody who is brought: a share, a click, a claim.
// Thread safety: values.

#include <cstdint>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/programme.hpp"

namespace emptor {

/// Somebody without an account yet: a cookie, a device, an address that was invited. Dense, as all
/// ids; a host's own keys live in `Keys<Visitor>`. May turn out to be a customer later.
enum class Visitor : std::uint32_t {};
inline constexpr Visitor no_visitor = no_id<Visitor>;

enum class TouchKind : std::uint8_t {
  share,  ///< the referrer gave a code or link away, to somebody or to everybody
  click,  ///< somebody came by it
  claim,  ///< somebody says that the referrer brought them
};

/// The host's `id` makes retries harmless: the same touch twice is one, another touch under an id
/// that is there is refused.
struct ReferralTouch {
  std::uint64_t id = 0;  ///< unique within the book; any number
  Time time{};
  Customer referrer = no_customer;  ///< whose code or link it was
  Customer customer = no_customer;  ///< who was brought: either this …
  Visitor visitor = no_visitor;     ///< … or this; a share may leave both out
  Campaign campaign = no_id<Campaign>;
  Channel channel = no_id<Channel>;
  ReferralMethod method = ReferralMethod::link;
  TouchKind kind = TouchKind::click;
  friend bool operator==(const ReferralTouch&, const ReferralTouch&) = default;
};

}  // namespace emptor
