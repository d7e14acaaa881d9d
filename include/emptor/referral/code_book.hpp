#pragma once
// The code book: which code is whose. Generated codes and names that people chose, each with a
// programme, campaign and channel, a window, a limit of uses; several a customer.
//
// A code belongs for ever to the customer it was issued to, also after it ended, and after merges:
// who owns that customer now is the merge log's to say (core/merge_log.hpp), so a merge and its
// undo change nothing here. Nobody else gets a name that was given away.
//
// Every fact has an id of the host's: the request that issued a code, the use. The same fact again
// changes nothing and gets the same answer; the same id with other content is refused. Codes get
// serial numbers as they are asked for, limits of uses go to who came first; all else does not
// depend on the order of facts.
//
// Names can be personal data. Refusals and errors hold none. `erase` forgets a customer's names
// and ends the codes; what remains of a name are keyed hashes, by which it stays taken.
//
//     CodeBook book(ReferralCodec(key));
//     const CodeBook::Issued mine = book.issue(request, {.customer = anna, .issued = now});
//     book.text(mine.id).view();                                       // "7K2M-9QXA"
//     const CodeBook::Found found = book.find("7k2m 9qxa");            // found.id == mine.id
//     if (found && book.use(found.id, claim, now)) ...
//
// Cost: find a fraction of a µs, without an allocation; issue and use O(1) expected; codes_of
// O(codes). Memory: some 150 bytes a code, 60 a use. Thread safety: as a std::vector (any number of
// readers, or one writer).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/code.hpp"
#include "emptor/referral/vanity.hpp"

namespace emptor {

/// A code's place in its book, dense from 0 in the order of issue.
enum class ReferralCodeId : std::uint32_t {};

/// What a code is issued with.
struct CodeGrant {
  Customer customer = no_customer;         ///< whose it is
  Programme programme = no_id<Programme>;  ///< no_id: of none in particular, and so below
  Campaign campaign = no_id<Campaign>;
  Channel channel = no_id<Channel>;  ///< where it is meant to be shared
  Time issued = Time{};
  TimeWindow valid = {};          ///< when it may be used
  std::uint32_t usage_limit = 0;  ///< uses at most; 0: any number

  friend bool operator==(const CodeGrant&, const CodeGrant&) noexcept = default;
};

/// A code as it stands.
struct ReferralCodeRecord {
  CodeGrant grant;
  Time deactivated = Time::max();  ///< from when on it may not be used
  std::uint32_t uses = 0;          ///< that count: not released
  bool vanity = false;             ///< a name that somebody chose
  bool erased = false;             ///< its name is forgotten
};

class CodeBook {
 public:
  struct Issued {
    CodeRefusal refusal = CodeRefusal::none;
    ReferralCodeId id = no_id<ReferralCodeId>;
    explicit operator bool() const noexcept { return refusal == CodeRefusal::none; }
  };
  struct Found {
    CodeProblem problem = CodeProblem::none;
    ReferralCodeId id = no_id<ReferralCodeId>;
    explicit operator bool() const noexcept { return problem == CodeProblem::none; }
  };
  struct Used {
    CodeProblem problem = CodeProblem::none;
    bool repeated = false;  ///< the use was there already
    explicit operator bool() const noexcept { return problem == CodeProblem::none; }
  };

  /// Throws `invalid_option`.
  EMPTOR_API explicit CodeBook(ReferralCodec codec, VanityOptions options = {});

  /// A new generated code. `request`: the host's id of this request. Refusals: request_reused,
  /// nobody, empty_window, exhausted.
  EMPTOR_API Issued issue(std::uint64_t request, const CodeGrant& grant);

  /// A name as a code. Refusals: those of issue and vanity_forms, looks_generated too for a code
  /// issued before with a character too few or too many, then taken and confusable.
  EMPTOR_API Issued issue_name(std::uint64_t request, const CodeGrant& grant,
                               std::string_view chosen);

  /// The code that a text is, in force or not. Problems: length to not_issued.
  [[nodiscard]] EMPTOR_API Found find(std::string_view text) const noexcept;

  /// Whether a code may be used at an instant: none, not_yet_valid, expired, deactivated, used_up.
  [[nodiscard]] EMPTOR_API CodeProblem standing(ReferralCodeId id, Time at) const;

  /// Counts a use at an instant, which may lie before the last one's. Problems: as standing, and
  /// request_reused.
  EMPTOR_API Used use(ReferralCodeId id, std::uint64_t use, Time at);

  /// A use that came to nothing (a claim refused) no longer counts, for good; whether it had until
  /// now.
  EMPTOR_API bool release_use(std::uint64_t use) noexcept;

  /// No use from `at` on; of several the earliest counts.
  EMPTOR_API void deactivate(ReferralCodeId id, Time at);

  /// Forgets the names of a customer and ends all codes at `at`.
  EMPTOR_API void erase(Customer customer, Time at);

  /// Throws `out_of_range` for an id that is none of the book's, as all that take one.
  [[nodiscard]] EMPTOR_API const ReferralCodeRecord& record(ReferralCodeId id) const;
  /// The code as it is shown; empty when its name was erased.
  [[nodiscard]] EMPTOR_API ReferralCodeText text(ReferralCodeId id) const;
  /// Adds the codes issued to a customer to `out`, in the order of issue. Of one who was merged:
  /// ask for each member.
  EMPTOR_API void codes_of(Customer customer, std::vector<ReferralCodeId>& out) const;

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] const ReferralCodec& codec() const noexcept { return codec_; }

  /// An archive of the kind "code-book", without the key. The same facts give the same bytes, but
  /// for the order in which codes were asked for.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote, with the codec it was made with. Errors: `corrupt`, `invalid_value`
  /// (another kind, a codec of other codes), `unsupported`.
  [[nodiscard]] EMPTOR_API static Result<CodeBook> load(std::span<const std::byte> archive,
                                                        ReferralCodec codec,
                                                        VanityOptions options = {});

 private:
  struct Entry {
    ReferralCodeRecord record;
    std::uint64_t request;
    std::uint64_t code;      // serial number, or the name's keyed hash
    std::uint64_t skeleton;  // of a name, its look's keyed hash
    std::uint32_t before;    // the customer's code before this one
    std::uint32_t name;      // a name's place in names_
  };
  struct Use {
    std::uint64_t id;
    std::uint32_t code;
    bool released;
    Time at;
  };

  [[nodiscard]] const Entry& entry(ReferralCodeId id) const;
  [[nodiscard]] Issued refused(std::uint64_t request, const CodeGrant& grant) const noexcept;
  [[nodiscard]] CodeProblem problem_of(const ReferralCodeRecord& record, Time at) const noexcept;
  [[nodiscard]] bool is_issued(std::string_view text) const noexcept;
  /// Whether an issued code has one character more or less than the name.
  [[nodiscard]] bool slips_into(std::string_view name) const;
  Issued add(Entry entry);

  ReferralCodec codec_;
  VanityOptions options_;
  std::uint64_t next_serial_ = 0;
  std::vector<Entry> entries_;
  std::vector<std::string> names_;
  std::vector<Use> uses_;
  using CodePlaces = detail::IdPlaces<std::uint64_t, 3>;
  CodePlaces by_serial_, by_name_, by_skeleton_, by_request_, by_use_;
  CodePlaces last_of_;  // customer: the latest code
};

}  // namespace emptor
