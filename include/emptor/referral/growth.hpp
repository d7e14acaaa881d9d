#pragma once
// Does the shop grow by referral: how many a member brings, how fast, and who brings them.
//
//     const auto growth = referral_growth_of(book.paths(), members, {.as_of = now});
//
// An invitation is a referral by which somebody came. The k-factor of a cohort is
//     k = invitations a member within `invite_within` of joining
//         x chance that an invitation becomes a sign-up within `convert_within`,
// and neither factor may be read off a young cohort: its members have not invited for as long, and
// its invitations have not had time to convert. So the first is the mean cumulative function, sum
// over ages t of d(t) / Y(t) with d invitations at age t by Y members watched up to t, and its
// variance the robust one: J. F. Lawless, C. Nadeau, "Some simple robust methods for the analysis
// of recurrent events", Technometrics 37(2), 1995, doi:10.1080/00401706.1995.10484300. The second
// is 1 - S of E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete observations", JASA
// 53(282), 1958, doi:10.1080/01621459.1958.10501452, with Greenwood's variance and an interval on
// the log-log scale. k's interval is by the delta method on the log scale, both taken as
// independent. Both assume that when somebody joined says nothing of how they invite.
// Cost: O((paths + members) log) time and O(paths + members) memory. Thread safety: pure.

#include <span>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/attribution_result.hpp"
#include "emptor/referral/growth_result.hpp"

namespace emptor {

/// A customer and when it joined, brought by somebody or not.
struct ReferralMember {
  Customer customer = no_customer;
  Time joined{};
};

/// `members` are all customers, each once; who joined after `as_of` is left out, and so are
/// invitations by nobody of them. Throws `invalid_option`, and `duplicate` for a member that is
/// there twice.
[[nodiscard]] EMPTOR_API ReferralGrowthResult
referral_growth_of(std::span<const ReferralPath> paths, std::span<const ReferralMember> members,
                   const ReferralGrowthOptions& options);

}  // namespace emptor
