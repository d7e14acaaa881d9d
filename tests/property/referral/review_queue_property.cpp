// The queue against a list of items that is searched and sorted anew each time.

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "emptor/referral/review_queue.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

struct TwinItem {
  std::int64_t opened, deadline, amount;
  std::int32_t score;
  bool approve_at_deadline;
  std::optional<bool> approved;
  ReviewerId reviewer = no_reviewer;
};

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

}  // namespace

TEST_CASE("review queue: any sequence of calls equals the twin, and its replay") {
  test::check_property("calls", [] {
    ReviewQueue queue;
    std::map<std::uint64_t, TwinItem> twin;
    std::vector<ReviewLogEntry> resolved;
    std::size_t decided = 0;
    const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int, int>>>(
        rc::gen::tuple(rc::gen::inRange(0, 5), rc::gen::inRange(0, 8), rc::gen::inRange(0, 60),
                       rc::gen::inRange(1, 20)));
    for (const auto& [what, which, when, number] : steps) {
      const auto subject = static_cast<std::uint64_t>(which);
      const auto found = twin.find(subject);
      const bool open = found != twin.end() && !found->second.approved;
      if (what == 0) {
        FraudVerdict verdict;
        verdict.score = -3000 + 400 * number;
        const ReviewOutcome got = queue.open(
            {.subject = subject,
             .opened = at(when),
             .patience = std::chrono::seconds{number},
             .at_deadline = number % 2 == 0 ? ReviewAnswer::approve : ReviewAnswer::reject,
             .amount_at_risk = 100 * number},
            verdict);
        if (found == twin.end()) {
          RC_ASSERT(got == ReviewOutcome::done);
          twin[subject] = {when,          when + number,   100 * number,
                           verdict.score, number % 2 == 0, std::nullopt};
        } else {
          const bool same = found->second.opened == when && found->second.deadline == when + number;
          RC_ASSERT(got == (same ? ReviewOutcome::known : ReviewOutcome::conflict));
        }
      } else if (what == 1 || what == 2) {
        const auto reviewer = static_cast<ReviewerId>(number);
        const ReviewOutcome got =
            what == 1 ? queue.assign(subject, reviewer, at(when))
                      : queue.decide(subject, ReviewAnswer::approve, reviewer, at(when));
        const bool may = open && when >= found->second.opened && when < found->second.deadline;
        if (may && what == 1) {
          const bool had = found->second.reviewer == reviewer;
          RC_ASSERT(got == (had ? ReviewOutcome::known : ReviewOutcome::done));
          found->second.reviewer = reviewer;
        } else if (may) {
          RC_ASSERT(got == ReviewOutcome::done);
          found->second.approved = true;
          found->second.reviewer = reviewer;
          ++decided;
        } else {
          RC_ASSERT(got != ReviewOutcome::done);
        }
      } else if (what == 3) {
        std::size_t due = 0;
        for (auto& [id, item] : twin) {
          if (item.approved || item.deadline > when) continue;
          ++due;
          item.approved = item.approve_at_deadline;
          item.reviewer = review_deadline;
        }
        RC_ASSERT(queue.resolve_due(at(when), resolved) == due);
        decided += due;
      }
      std::vector<std::tuple<std::int64_t, std::int64_t, std::uint64_t>> expected;
      for (const auto& [id, item] : twin) {
        const ReviewItem& got = *queue.find(id);
        RC_ASSERT(got.reviewer == item.reviewer);
        RC_ASSERT((got.state == ReviewState::approved) == (item.approved == true));
        RC_ASSERT((got.state == ReviewState::rejected) == (item.approved == false));
        if (!item.approved) expected.emplace_back(-got.expected_loss, item.deadline, id);
      }
      std::sort(expected.begin(), expected.end());
      const auto waiting = queue.first(100);
      RC_ASSERT(waiting.size() == expected.size());
      for (std::size_t i = 0; i < waiting.size(); ++i) {
        RC_ASSERT(waiting[i]->subject == std::get<2>(expected[i]));
      }
    }
    const std::vector<std::byte> bytes = queue.save();
    const Result<ReviewQueue> loaded = ReviewQueue::load(bytes);
    RC_ASSERT(loaded.has_value());
    RC_ASSERT(loaded->save() == bytes);
    RC_ASSERT(std::ranges::equal(loaded->items(), queue.items()));
    RC_ASSERT(std::ranges::equal(loaded->log(), queue.log()));
    RC_ASSERT(queue.summary().approved + queue.summary().rejected == decided);
  });
}
