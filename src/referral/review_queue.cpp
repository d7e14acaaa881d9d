#include "emptor/referral/review_queue.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/archive.hpp"
#include "emptor/core/money.hpp"

namespace emptor {

namespace {

constexpr std::string_view archive_kind = "review-queue";
constexpr std::int64_t latest = std::int64_t{1} << 40;

bool within(Time time) noexcept {
  const std::int64_t seconds = time.time_since_epoch().count();
  return seconds >= -latest && seconds <= latest;
}

/// Amount x probability; whole millionths, so that the last digits of exp do not matter.
std::int64_t expected_loss_of(std::int64_t amount, std::int32_t score) noexcept {
  const double p = 1 / (1 + std::exp(score / -1000.0));
  return static_cast<std::int64_t>(detail::int128{amount} * std::llround(p * 1e6) / 1'000'000);
}

bool is_valid(const ReviewItem& item) noexcept {
  return within(item.opened) && item.deadline > item.opened &&
         item.deadline - item.opened <= std::chrono::seconds{latest} && item.amount_at_risk >= 0 &&
         item.at_deadline <= ReviewAnswer::reject;
}

bool is_decided(const ReviewItem& item) noexcept {
  return item.state == ReviewState::approved || item.state == ReviewState::rejected;
}

/// As it was opened.
bool same_request(const ReviewItem& a, const ReviewItem& b) {
  return a.referrer == b.referrer && a.referee == b.referee && a.opened == b.opened &&
         a.deadline == b.deadline && a.at_deadline == b.at_deadline &&
         a.amount_at_risk == b.amount_at_risk && a.score == b.score && a.signals == b.signals;
}

ReviewAnswer answer_of(ReviewStep step) noexcept {
  return step == ReviewStep::approved ? ReviewAnswer::approve : ReviewAnswer::reject;
}

}  // namespace

std::string_view name(ReviewOutcome outcome) noexcept {
  switch (outcome) {
    case ReviewOutcome::done:
      return "done";
    case ReviewOutcome::known:
      return "known";
    case ReviewOutcome::conflict:
      return "conflict";
    case ReviewOutcome::unknown:
      return "unknown";
    case ReviewOutcome::decided:
      return "decided";
    case ReviewOutcome::too_late:
      return "too_late";
    case ReviewOutcome::invalid:
      return "invalid";
  }
  return "unknown";
}

ReviewItem* ReviewQueue::look_up(std::uint64_t subject) noexcept {
  const auto found = places_.find(subject);
  return found == places_.end() ? nullptr : &items_[found->second];
}
const ReviewItem* ReviewQueue::find(std::uint64_t subject) const noexcept {
  return const_cast<ReviewQueue*>(this)->look_up(subject);
}

ReviewOutcome ReviewQueue::take(ReviewItem item) {
  if (!is_valid(item)) return ReviewOutcome::invalid;
  if (const ReviewItem* known = find(item.subject); known != nullptr) {
    return same_request(*known, item) ? ReviewOutcome::known : ReviewOutcome::conflict;
  }
  item.expected_loss = expected_loss_of(item.amount_at_risk, item.score);
  places_.emplace(item.subject, items_.size());
  urgent_.emplace(-item.expected_loss, item.deadline, item.subject);
  due_.emplace(item.deadline, item.subject);
  log_.push_back({item.subject, ReviewStep::opened, no_reviewer, item.opened});
  items_.push_back(std::move(item));
  return ReviewOutcome::done;
}

ReviewOutcome ReviewQueue::open(const ReviewRequest& request, const FraudVerdict& verdict) {
  if (!within(request.opened) || request.patience.count() <= 0 ||
      request.patience.count() > latest) {
    return ReviewOutcome::invalid;
  }
  return take({.subject = request.subject,
               .referrer = request.referrer,
               .referee = request.referee,
               .opened = request.opened,
               .deadline = request.opened + request.patience,
               .at_deadline = request.at_deadline,
               .amount_at_risk = request.amount_at_risk,
               .score = verdict.score,
               .signals = {verdict.signals().begin(), verdict.signals().end()}});
}

ReviewOutcome ReviewQueue::assign(std::uint64_t subject, ReviewerId reviewer, Time time) {
  ReviewItem* const item = look_up(subject);
  if (item == nullptr) return ReviewOutcome::unknown;
  if (reviewer == no_reviewer || reviewer == review_deadline || time < item->opened) {
    return ReviewOutcome::invalid;
  }
  if (is_decided(*item)) return ReviewOutcome::decided;
  if (time >= item->deadline) return ReviewOutcome::too_late;
  if (item->reviewer == reviewer) return ReviewOutcome::known;
  item->reviewer = reviewer;
  item->state = ReviewState::assigned;
  log_.push_back({subject, ReviewStep::assigned, reviewer, time});
  return ReviewOutcome::done;
}

void ReviewQueue::settle(ReviewItem& item, ReviewAnswer answer, ReviewerId by, Time time) {
  const bool approved = answer == ReviewAnswer::approve;
  urgent_.erase({-item.expected_loss, item.deadline, item.subject});
  due_.erase({item.deadline, item.subject});
  item.state = approved ? ReviewState::approved : ReviewState::rejected;
  item.reviewer = by;
  item.decided = time;
  log_.push_back({item.subject, approved ? ReviewStep::approved : ReviewStep::rejected, by, time});
}

ReviewOutcome ReviewQueue::decide(std::uint64_t subject, ReviewAnswer answer, ReviewerId reviewer,
                                  Time time) {
  ReviewItem* const item = look_up(subject);
  if (item == nullptr) return ReviewOutcome::unknown;
  if (reviewer == no_reviewer || reviewer == review_deadline || time < item->opened ||
      answer > ReviewAnswer::reject) {
    return ReviewOutcome::invalid;
  }
  if (is_decided(*item)) {
    const bool same = item->reviewer == reviewer && item->decided == time &&
                      (item->state == ReviewState::approved) == (answer == ReviewAnswer::approve);
    return same ? ReviewOutcome::known : ReviewOutcome::decided;
  }
  if (time >= item->deadline) return ReviewOutcome::too_late;
  settle(*item, answer, reviewer, time);
  return ReviewOutcome::done;
}

ReviewOutcome ReviewQueue::tell(std::uint64_t subject, bool fraud, Time time) {
  ReviewItem* const item = look_up(subject);
  if (item == nullptr) return ReviewOutcome::unknown;
  if (time < item->opened || !within(time)) return ReviewOutcome::invalid;
  const ReviewTruth truth = fraud ? ReviewTruth::fraud : ReviewTruth::honest;
  if (item->truth == truth) return ReviewOutcome::known;
  item->truth = truth;
  log_.push_back({subject, fraud ? ReviewStep::fraud : ReviewStep::honest, no_reviewer, time});
  return ReviewOutcome::done;
}

std::size_t ReviewQueue::resolve_due(Time now, std::vector<ReviewLogEntry>& resolved) {
  std::size_t count = 0;
  while (!due_.empty() && due_.begin()->first <= now) {
    ReviewItem& item = *look_up(due_.begin()->second);
    settle(item, item.at_deadline, review_deadline, item.deadline);
    resolved.push_back(log_.back());
    ++count;
  }
  return count;
}

std::vector<const ReviewItem*> ReviewQueue::first(std::size_t k) const {
  std::vector<const ReviewItem*> out;
  for (auto at = urgent_.begin(); at != urgent_.end() && out.size() < k; ++at) {
    out.push_back(find(std::get<2>(*at)));
  }
  return out;
}

std::vector<FraudLabel> ReviewQueue::labels() const {
  std::vector<FraudLabel> out;
  for (const ReviewItem& item : items_) {
    const bool answered = is_decided(item) && item.reviewer != review_deadline;
    if (item.truth == ReviewTruth::unknown && !answered) continue;
    FraudLabel label{.signals = 0, .fraud = item.state == ReviewState::rejected};
    if (item.truth != ReviewTruth::unknown) label.fraud = item.truth == ReviewTruth::fraud;
    for (const FraudSignal& signal : item.signals) {
      label.signals |= 1U << static_cast<unsigned>(signal.kind);
    }
    out.push_back(label);
  }
  return out;
}

ReviewSummary ReviewQueue::summary(std::size_t list) const {
  ReviewSummary out;
  const auto add = [](std::int64_t& sum, std::int64_t value) {
    if (__builtin_add_overflow(sum, value, &sum)) sum = std::numeric_limits<std::int64_t>::max();
  };
  for (const ReviewItem& item : items_) {
    if (is_decided(item)) {
      ++(item.state == ReviewState::approved ? out.approved : out.rejected);
      out.by_deadline += item.reviewer == review_deadline ? 1 : 0;
      continue;
    }
    ++out.waiting;
    out.assigned += item.state == ReviewState::assigned ? 1 : 0;
    add(out.amount_waiting, item.amount_at_risk);
    add(out.expected_loss, item.expected_loss);
  }
  for (const ReviewItem* item : first(list)) out.first.push_back(*item);
  return out;
}

std::vector<std::byte> ReviewQueue::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& items = writer.section("items");
  items.put(std::uint64_t{items_.size()});
  for (const ReviewItem& item : items_) {
    items.put(item.subject);
    items.put(item.referrer);
    items.put(item.referee);
    items.put(std::int64_t{item.opened.time_since_epoch().count()});
    items.put(std::int64_t{(item.deadline - item.opened).count()});
    items.put(item.at_deadline);
    items.put(item.amount_at_risk);
    items.put(item.score);
    items.put(static_cast<std::uint8_t>(item.signals.size()));
    for (const FraudSignal& signal : item.signals) {
      items.put(signal.kind);
      items.put(signal.hard);
      items.put(signal.contribution);
      items.put(signal.other);
      items.put(signal.measured);
      items.put(signal.limit);
      items.put(signal.key);
      items.put(std::int64_t{signal.time.time_since_epoch().count()});
    }
  }
  SectionWriter& log = writer.section("log");
  log.put(std::uint64_t{log_.size()});
  for (const ReviewLogEntry& entry : log_) {
    log.put(entry.subject);
    log.put(entry.step);
    log.put(entry.reviewer);
    log.put(std::int64_t{entry.time.time_since_epoch().count()});
  }
  return std::move(writer).finish();
}

Result<ReviewQueue> ReviewQueue::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> items = reader->section("items");
  if (!items) return items.error();
  const auto instant = [](SectionReader& s) {
    return Time{std::chrono::seconds{s.get<std::int64_t>()}};
  };
  std::vector<ReviewItem> opened;
  const auto count = items->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && items->ok(); ++i) {
    ReviewItem item;
    item.subject = items->get<std::uint64_t>();
    item.referrer = items->get<Customer>();
    item.referee = items->get<Customer>();
    item.opened = instant(*items);
    const auto patience = items->get<std::int64_t>();
    items->require(within(item.opened) && patience > 0 && patience <= latest,
                   "an item at an impossible time");
    if (!items->ok()) break;
    item.deadline = item.opened + std::chrono::seconds{patience};
    item.at_deadline = items->get_enum(ReviewAnswer::reject);
    item.amount_at_risk = items->get<std::int64_t>();
    item.score = items->get<std::int32_t>();
    const auto signals = items->get<std::uint8_t>();
    items->require(signals <= fraud_signal_kinds, "more signals than kinds");
    for (unsigned k = 0; k < signals && items->ok(); ++k) {
      FraudSignal signal;
      signal.kind = items->get_enum(FraudSignalKind::reward_ratio);
      signal.hard = items->get<bool>();
      signal.contribution = items->get<std::int32_t>();
      signal.other = items->get<Customer>();
      signal.measured = items->get<std::int64_t>();
      signal.limit = items->get<std::int64_t>();
      signal.key = items->get<std::uint64_t>();
      signal.time = instant(*items);
      items->require(k == 0 || item.signals.back().kind < signal.kind, "signals out of order");
      item.signals.push_back(signal);
    }
    opened.push_back(std::move(item));
  }
  if (Result<void> done = items->finish(); !done) return done.error();

  Result<SectionReader> log = reader->section("log");
  if (!log) return log.error();
  ReviewQueue queue;
  std::size_t next = 0;
  const auto entries = log->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < entries && log->ok(); ++i) {
    ReviewLogEntry entry;
    entry.subject = log->get<std::uint64_t>();
    entry.step = log->get_enum(ReviewStep::honest);
    entry.reviewer = log->get<ReviewerId>();
    entry.time = instant(*log);
    if (!log->ok()) break;
    ReviewOutcome outcome = ReviewOutcome::invalid;
    if (entry.step == ReviewStep::opened) {
      if (log->require(next < opened.size(), "more openings than items")) {
        outcome = queue.take(std::move(opened[next++]));
      }
    } else if (entry.step == ReviewStep::assigned) {
      outcome = queue.assign(entry.subject, entry.reviewer, entry.time);
    } else if (entry.step == ReviewStep::fraud || entry.step == ReviewStep::honest) {
      outcome = queue.tell(entry.subject, entry.step == ReviewStep::fraud, entry.time);
    } else if (entry.reviewer == review_deadline) {
      ReviewItem* const item = queue.look_up(entry.subject);
      if (item != nullptr && !is_decided(*item) && entry.time == item->deadline &&
          answer_of(entry.step) == item->at_deadline) {
        queue.settle(*item, item->at_deadline, review_deadline, item->deadline);
        outcome = ReviewOutcome::done;
      }
    } else {
      outcome = queue.decide(entry.subject, answer_of(entry.step), entry.reviewer, entry.time);
    }
    log->require(outcome == ReviewOutcome::done && queue.log_.back() == entry,
                 "a step that could not have been taken");
  }
  log->require(next == opened.size(), "items that were never opened");
  if (Result<void> done = log->finish(); !done) return done.error();
  return queue;
}

}  // namespace emptor
