#include "emptor/segment/rule_stream.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

#include "segment/rule_stream_state.hpp"

namespace emptor {

using detail::RuleRecord;

namespace {

bool earlier(const RuleRecord& a, const RuleRecord& b) noexcept {
  return a.time < b.time;
}

void insert_in_time(std::vector<RuleRecord>& records, const RuleRecord& record) {
  records.insert(std::upper_bound(records.begin(), records.end(), record, earlier), record);
}

void check_known(Customer customer, const char* where) {
  if (customer == no_customer) {
    throw Exception(ErrorCode::invalid_value, "what happens must happen to a customer", where);
  }
}

/// The sum, or `overflow`.
std::int64_t added(std::int64_t total, std::int64_t amount) {
  if (amount == detail::rule_absent ||
      __builtin_add_overflow(total, amount < 0 ? -amount : amount, &total)) {
    throw Exception(ErrorCode::overflow, "a customer's amounts add up beyond 9.2e18 units",
                    "SegmentStream");
  }
  return total;
}

}  // namespace

void SegmentStream::State::arrive(const Record& record, Customer customer) {
  changes.clear();
  refresh();
  ensure(index(customer) + 1);
  const std::size_t of = owner(index(customer));
  Block& head = block(words(of));
  constexpr std::size_t line_words = 8;  // of a cache line
  for (std::size_t w = 0; w < stride; w += line_words) __builtin_prefetch(words(of) + w, 1);
  __builtin_prefetch(pasts[of].records.data() + pasts[of].records.size(), 1);
  __builtin_prefetch(pasts[of].masks.data() + pasts[of].masks.size(), 1);
  const std::int64_t total = added(head.total, record.amount);
  if (!alone(of)) {
    Arrived& own = arrived.at(customer);
    own.total += record.amount < 0 ? -record.amount : record.amount;
    insert_in_time(own.records, record);
  }
  head.total = total;
  const std::int64_t at = std::max(head.clock, now);
  if (record.time >= at) return append(of, record);
  line_scratch = without_orders(pasts[of].records);
  insert_in_time(line_scratch, record);
  rebuild(of, line_scratch, at, SegmentCause::happening);
}

void SegmentStream::State::follow(std::span<const OwnerChange> owner_changes) {
  changes.clear();
  // Who is in a group afterwards, by owner; customers that nobody told of stand alone.
  std::unordered_map<Customer, std::vector<Customer>> groups;
  const auto group_of = [&](Customer of) -> std::vector<Customer>& {
    const auto [at, fresh] = groups.try_emplace(of);
    if (fresh) {
      const auto known = members.find(of);
      at->second = known == members.end() ? std::vector<Customer>{} : known->second;
      if (at->second.empty() && !owners.contains(of)) at->second.push_back(of);
    }
    return at->second;
  };
  std::size_t most = 0;
  for (const OwnerChange& change : owner_changes) {
    std::erase(group_of(change.before), change.customer);
    group_of(change.after);
  }
  for (const OwnerChange& change : owner_changes) {
    std::vector<Customer>& group = group_of(change.after);
    if (std::find(group.begin(), group.end(), change.customer) == group.end()) {
      group.push_back(change.customer);
    }
    most = std::max(
        {most, index(change.customer) + 1, index(change.after) + 1, index(change.before) + 1});
  }
  ensure(most);
  const auto total_of = [&](Customer customer) {
    const auto own = arrived.find(customer);
    return own == arrived.end() ? block(words(index(customer))).total : own->second.total;
  };
  for (auto& [of, group] : groups) {
    std::int64_t total = 0;
    for (const Customer member : group) total = added(total, total_of(member));
    std::sort(group.begin(), group.end(), [&, first = of](Customer a, Customer b) {
      return std::pair(a != first, a) < std::pair(b != first, b);
    });
  }
  // From here on nothing throws but for memory that runs out.
  std::unordered_map<Customer, Arrived> all = arrived;
  std::vector<Customer> touched_owners;
  std::int64_t at = now;
  for (const auto& [of, group] : groups) {
    touched_owners.push_back(of);
    for (const Customer member : group) {
      const std::size_t place = index(member);
      at = std::max(at, block(words(place)).clock);
      if (!all.contains(member)) {
        all[member] = {without_orders(pasts[place].records), block(words(place)).total};
      }
    }
  }
  std::sort(touched_owners.begin(), touched_owners.end());
  for (const Customer of : touched_owners) {
    for (const Customer member : groups.at(of)) {
      if (member == of) {
        owners.erase(member);
      } else {
        owners.insert_or_assign(member, of);
      }
    }
    members.erase(of);
    if (groups.at(of).size() > 1) members.emplace(of, groups.at(of));
  }
  for (const OwnerChange& change : owner_changes) {
    if (change.after != change.customer) {
      retire(index(change.customer), at, SegmentCause::merge);
    }
  }
  for (const Customer of : touched_owners) {
    const std::vector<Customer>& group = groups.at(of);
    if (group.empty()) continue;  // merged away with everybody else
    std::vector<Record> lines;
    std::int64_t total = 0;
    for (const Customer member : group) {
      std::vector<Record> joined;
      const Arrived& own = all.at(member);
      std::merge(lines.begin(), lines.end(), own.records.begin(), own.records.end(),
                 std::back_inserter(joined), earlier);
      lines.swap(joined);
      total += own.total;
    }
    const std::int64_t clock = std::max(block(words(index(of))).clock, at);
    come_to(index(of), clock);
    block(words(index(of))).total = total;
    rebuild(index(of), lines, clock, SegmentCause::merge);
    for (const Customer member : group) {
      if (group.size() > 1) {
        arrived.insert_or_assign(member, std::move(all.at(member)));
      } else {
        arrived.erase(member);
      }
    }
  }
}

SegmentStream::SegmentStream(const RuleSegments& segments, Time start, const Customers* customers,
                             const Items* items)
    : state_(std::make_unique<State>(segments, detail::rule_seconds(start, "SegmentStream"),
                                     customers, items)) {}
SegmentStream::SegmentStream(SegmentStream&&) noexcept = default;
SegmentStream& SegmentStream::operator=(SegmentStream&&) noexcept = default;
SegmentStream::~SegmentStream() = default;

Channel SegmentStream::channel(std::string_view channel_name) {
  return state_->channels.add(channel_name);
}

std::span<const SegmentChange> SegmentStream::add_customers(std::size_t count) {
  if (count > max_ids) {
    throw Exception(ErrorCode::out_of_range, text("more than ", max_ids, " customers"),
                    "SegmentStream");
  }
  state_->changes.clear();
  state_->refresh();
  state_->ensure(count);
  return state_->changes;
}

std::span<const SegmentChange> SegmentStream::add(const SegmentOrderLine& line) {
  check_known(line.customer, "SegmentStream::add");
  const bool refund = line.amount < 0 || line.quantity < 0;
  state_->arrive({.time = detail::rule_seconds(line.time, "SegmentStream::add"),
                  .amount = line.amount,
                  .quantity = line.quantity,
                  .item = static_cast<std::uint32_t>(line.item),
                  .order = static_cast<std::uint32_t>(line.order),
                  .channel = static_cast<std::uint32_t>(line.channel),
                  .kind = refund ? detail::record_refund : detail::record_sale},
                 line.customer);
  return state_->changes;
}

std::span<const SegmentChange> SegmentStream::add(const SegmentEvent& event) {
  check_known(event.customer, "SegmentStream::add");
  state_->arrive({.time = detail::rule_seconds(event.time, "SegmentStream::add"),
                  .item = static_cast<std::uint32_t>(event.item),
                  .channel = static_cast<std::uint32_t>(event.channel),
                  .kind = static_cast<std::uint8_t>(event.kind)},
                 event.customer);
  return state_->changes;
}

std::span<const SegmentChange> SegmentStream::add_tag(Customer customer,
                                                      const TagStatement& statement) {
  check_known(customer, "SegmentStream::add_tag");
  TagSet own = state_->tags[customer];
  own.add(statement);
  state_->tags[customer] = std::move(own);
  return attributes_changed(customer);
}

std::span<const SegmentChange> SegmentStream::add_consent(const ConsentRecord& record) {
  check_known(record.customer, "SegmentStream::add_consent");
  ConsentHistory own = state_->consents[record.customer];
  own.add(record);
  state_->consents[record.customer] = std::move(own);
  return attributes_changed(record.customer);
}

std::span<const SegmentChange> SegmentStream::attributes_changed(Customer customer) {
  check_known(customer, "SegmentStream::attributes_changed");
  state_->changes.clear();
  state_->refresh();
  state_->ensure(index(customer) + 1);
  state_->recheck_facts(state_->owner(index(customer)), SegmentCause::fact);
  return state_->changes;
}

std::span<const SegmentChange> SegmentStream::advance(Time now) {
  const std::int64_t to = detail::rule_seconds(now, "SegmentStream::advance");
  if (to < state_->now) {
    throw Exception(ErrorCode::invalid_value, "time does not go back", "SegmentStream::advance");
  }
  state_->changes.clear();
  state_->advance(to);
  return state_->changes;
}

void SegmentStream::on_merge(const MergeEvent&, std::span<const OwnerChange> changes) {
  state_->follow(changes);
}
void SegmentStream::on_unmerge(const MergeEvent&, std::span<const OwnerChange> changes) {
  state_->follow(changes);
}

void SegmentStream::erase(Customer customer) {
  State& state = *state_;
  state.changes.clear();
  if (index(customer) >= state.people) return;
  state.tags.erase(customer);
  state.consents.erase(customer);
  const std::size_t of = state.owner(index(customer));
  std::vector<RuleRecord> lines;
  std::int64_t total = 0;
  if (!state.alone(of)) {
    state.arrived.at(customer) = {};
    for (const Customer member : state.members.at(id_at<Customer>(of))) {
      const State::Arrived& own = state.arrived.at(member);
      lines.insert(lines.end(), own.records.begin(), own.records.end());
      total += own.total;
    }
    std::stable_sort(lines.begin(), lines.end(), earlier);
  }
  State::Block& head = State::block(state.words(of));
  head.total = total;
  state.rebuild(of, lines, std::max(head.clock, state.now), SegmentCause::erasure);
}

std::span<const SegmentChange> SegmentStream::changes() const noexcept {
  return state_->changes;
}
Time SegmentStream::now() const noexcept {
  return Time{std::chrono::seconds{state_->now}};
}
std::size_t SegmentStream::customers() const noexcept {
  return state_->people;
}
const RuleSegments& SegmentStream::segments() const noexcept {
  return state_->segments;
}

const CustomerSet& SegmentStream::set(std::size_t segment) const {
  if (segment >= state_->sets.size()) {
    throw Exception(ErrorCode::out_of_range, text("segment ", segment, " of ", state_->sets.size()),
                    "SegmentStream::set");
  }
  const std::lock_guard lock(state_->asking);
  if (!state_->pending[segment].empty()) state_->bring_in(static_cast<std::uint32_t>(segment));
  return state_->sets[segment];
}

RuleExplanation SegmentStream::explain(std::size_t segment, Customer customer) const {
  const State& state = *state_;
  if (segment >= state.sets.size() || index(customer) >= state.people) {
    throw Exception(ErrorCode::out_of_range,
                    text("segment ", segment, " of ", state.sets.size(), ", customer ",
                         index(customer), " of ", state.people),
                    "SegmentStream::explain");
  }
  const std::size_t of = state.owner(index(customer));
  const std::int64_t at = std::max(State::block(state.words(of)).clock, state.now);
  State::Asked asked;
  state.ask(of, true, asked);
  detail::RuleEvaluation evaluation(state.machine);
  evaluation.at(at);
  evaluation.history(state.history(of), asked.person);
  return detail::explained_rule(state.machine, segment, evaluation.slots().data(),
                                evaluation.conditions().data(), evaluation.rules().data(),
                                asked.person, at);
}

}  // namespace emptor
