#pragma once
// Signed links: a code, a channel, a campaign and an expiry in a URL that nobody can change.
//
//     const LinkSigner signer({{.id = 1, .key = key}});
//     "https://shop.example/?" + signer.query({.code = "7K2M-9QXA", .channel = Channel{2}});
//     // ref=7K2M-9QXA&ch=2&kid=1&sig=…22 characters…
//
// The signature is HMAC-SHA-256 (core/secret_key.hpp) under a key derived for links, of a text that
// holds the values and not their order or encoding: "emptor link 1", a zero byte, then little
// endian u32 key id, u32 channel, u32 campaign, i64 expiry, then the code's bytes. It is cut to its
// first 128 bits, which is what RFC 2104, section 5, allows (half of the hash, 80 bits at least;
// https://doi.org/10.17487/RFC2104): a forger needs 2^127 tries on average, each seen by the host.
// It is written in base 64 for URLs without padding (S. Josefsson, RFC 4648, 2006, section 5,
// https://doi.org/10.17487/RFC4648) and compared in constant time. Whatever else a URL holds
// (utm_source and its like, a fragment, another order) is passed over and not signed. A signature
// tells that the host made the link, not who follows it: whoever sees a link can pass it on.
//
// Keys are rotated by a new signer whose last key is the new one, and whose old keys have an end.
//
// Cost: about a µs either way; verify allocates nothing. Memory: about 250 bytes a key. Thread
// safety: immutable.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/secret_key.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/code.hpp"
#include "emptor/referral/percent_encoding.hpp"

namespace emptor {

/// What a link says.
struct ReferralLink {
  std::string_view code = {};           ///< 1 to 48 bytes
  Channel channel = no_id<Channel>;     ///< no_id: none
  Campaign campaign = no_id<Campaign>;  ///< no_id: none
  Time expires = Time::max();           ///< from then on it is void; max: never; else 1970 to 9999
};

struct LinkKey {
  std::uint32_t id = 0;  ///< stands in the link, so that the key is found again
  SecretKey key;
  Time accepted_until = Time::max();  ///< from then on links signed with it are void
};

/// The names of the parameters: 1 to 32 letters, digits and - . _ ~, all different.
struct SignedLinkOptions {
  std::string code = "ref";
  std::string channel = "ch";
  std::string campaign = "cp";
  std::string expires = "exp";
  std::string key = "kid";
  std::string signature = "sig";
};

/// Why a link is not followed.
enum class LinkProblem : std::uint8_t {
  none,
  malformed,      ///< a parameter is missing, there twice, or not what it should be
  unknown_key,    ///< signed with a key that is none of these, or no longer accepted
  bad_signature,  ///< changed, or made up
  expired,
};

/// The problem's name as written above.
[[nodiscard]] EMPTOR_API std::string_view name(LinkProblem problem) noexcept;

/// What a link said; nothing of it is told unless the host signed it.
struct VerifiedLink {
  LinkProblem problem = LinkProblem::malformed;
  ReferralCodeText code = {};  ///< right on none and expired, as all below
  Channel channel = no_id<Channel>;
  Campaign campaign = no_id<Campaign>;
  Time expires = Time::max();
  std::uint32_t key = 0;

  explicit operator bool() const noexcept { return problem == LinkProblem::none; }
};

class LinkSigner {
 public:
  /// 1 to 64 keys with different ids, of which the last one signs. Throws `invalid_option`.
  EMPTOR_API explicit LinkSigner(std::vector<LinkKey> keys, SignedLinkOptions options = {});

  /// The signed query, to be put after a URL's question mark or another query's &. Throws
  /// `invalid_value` for a code or expiry out of range.
  [[nodiscard]] std::string query(const ReferralLink& link) const {
    std::string out;
    append_query(link, out);
    return out;
  }
  /// Adds the query to `out`.
  EMPTOR_API void append_query(const ReferralLink& link, std::string& out) const;

  /// Reads a URL, or a query alone, and checks all of it. `now` decides on expiry.
  [[nodiscard]] EMPTOR_API VerifiedLink verify(std::string_view url, Time now) const noexcept;

 private:
  std::vector<LinkKey> keys_;  // derived ones
  SignedLinkOptions options_;
};

}  // namespace emptor
