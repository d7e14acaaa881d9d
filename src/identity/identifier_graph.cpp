#include "emptor/identity/identifier_graph.hpp"

#include <algorithm>
#include <bitset>
#include <set>
#include <utility>

namespace emptor {

namespace {

/// Seconds; 0 for ever.
[[nodiscard]] std::uint64_t seconds_of(LimitWindow window) noexcept {
  constexpr std::uint64_t day = 86'400;
  switch (window) {
    case LimitWindow::ever:
      return 0;
    case LimitWindow::annually:
      return 365 * day;
    case LimitWindow::monthly:
      return 30 * day;
    case LimitWindow::weekly:
      return 7 * day;
    case LimitWindow::daily:
      return day;
  }
  return 0;
}

/// From `earlier` to `later`; any two times.
[[nodiscard]] std::uint64_t distance(Time earlier, Time later) noexcept {
  return static_cast<std::uint64_t>(later.time_since_epoch().count()) -
         static_cast<std::uint64_t>(earlier.time_since_epoch().count());
}

void fold_ascii(std::string_view value, std::string& out) {
  out.assign(value);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

void check_pattern(const BlockedPattern& pattern) {
  require_option(!pattern.text.empty(), "blocked", "a pattern that is not empty", pattern.text);
  if (pattern.kind == BlockedPattern::Kind::only) {
    const bool ascii = std::all_of(pattern.text.begin(), pattern.text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    require_option(ascii, "blocked", "ASCII characters where it is 'only'", pattern.text);
  }
}

void check_options(const IdentifierGraphOptions& options) {
  require_option(!options.rules.empty() && options.rules.size() <= 255, "rules", "1 to 255 types",
                 options.rules.size());
  std::set<std::string_view> names;
  for (const IdentifierRule& rule : options.rules) {
    require_option(!rule.name.empty() && rule.name.find('\0') == std::string::npos, "name",
                   "a name without NUL", rule.name);
    require_option(names.insert(rule.name).second, "name", "unique among the rules", rule.name);
    require_option(rule.limit.window <= LimitWindow::daily, "window", "one of the named ones",
                   static_cast<int>(rule.limit.window));
    for (const BlockedPattern& pattern : rule.blocked) check_pattern(pattern);
  }
  for (const BlockedPattern& pattern : options.blocked) check_pattern(pattern);
  require_option(options.max_value_bytes >= 1 && options.max_value_bytes <= 0x7fffffff,
                 "max_value_bytes", "1 to 2147483647", options.max_value_bytes);
  require_option(options.max_identifiers >= 1, "max_identifiers", ">= 1", options.max_identifiers);
  const std::size_t key = options.tombstone_key.size();
  require_option(key == 0 || key >= SecretKey::shortest, "tombstone_key",
                 "empty or of at least 16 bytes", key);
}

}  // namespace

std::string_view name(DropReason reason) noexcept {
  switch (reason) {
    case DropReason::unknown_type:
      return "unknown_type";
    case DropReason::empty:
      return "empty";
    case DropReason::too_long:
      return "too_long";
    case DropReason::too_many:
      return "too_many";
    case DropReason::blocked:
      return "blocked";
    case DropReason::erased:
      return "erased";
    case DropReason::limit:
      return "limit";
    case DropReason::conflict:
      return "conflict";
    case DropReason::parted:
      return "parted";
  }
  return "unknown";
}

IdentifierGraph::IdentifierGraph(IdentifierGraphOptions options) : options_(std::move(options)) {
  check_options(options_);
  if (!options_.tombstone_key.empty()) tombstone_key_.emplace(options_.tombstone_key);
  exact_.resize(options_.rules.size());
  pattern_.resize(options_.rules.size());
  for (std::size_t t = 0; t < options_.rules.size(); ++t) {
    const IdentifierRule& rule = options_.rules[t];
    limits_.push_back(rule.verified ? IdentifierLimit{1, LimitWindow::ever} : rule.limit);
    for (const auto* patterns : {&std::as_const(options_.blocked), &rule.blocked}) {
      for (const BlockedPattern& pattern : *patterns) {
        if (pattern.kind == BlockedPattern::Kind::exact) {
          fold_ascii(pattern.text, exact_[t].emplace_back());
        } else {
          pattern_[t].push_back(pattern);
        }
      }
    }
    std::sort(exact_[t].begin(), exact_[t].end());
  }
}

std::optional<IdentifierType> IdentifierGraph::type(std::string_view name) const {
  for (std::size_t t = 0; t < options_.rules.size(); ++t) {
    if (options_.rules[t].name == name) return static_cast<IdentifierType>(t);
  }
  return std::nullopt;
}

bool IdentifierGraph::is_blocked(const IdentifierValue& identifier) const {
  const auto t = static_cast<std::size_t>(identifier.type);
  std::string folded;
  fold_ascii(identifier.value, folded);
  return std::binary_search(exact_[t].begin(), exact_[t].end(), folded) ||
         std::any_of(pattern_[t].begin(), pattern_[t].end(),
                     [&](const BlockedPattern& pattern) { return matches(pattern, folded); });
}

std::optional<DropReason> IdentifierGraph::unusable(const IdentifierValue& identifier,
                                                    std::uint32_t code) const {
  if (code != none) return std::nullopt;
  if (static_cast<std::size_t>(identifier.type) >= options_.rules.size()) {
    return DropReason::unknown_type;
  }
  if (identifier.value.empty()) return DropReason::empty;
  if (identifier.value.size() > options_.max_value_bytes) return DropReason::too_long;
  if (is_blocked(identifier)) return DropReason::blocked;
  if (!tombstones_.empty() && tombstones_.contains(*tombstone_key_, strong(identifier))) {
    return DropReason::erased;
  }
  return std::nullopt;
}

std::optional<DropReason> IdentifierGraph::unusable(const IdentifierValue& identifier) const {
  return unusable(identifier, table_.find(identifier.type, identifier.value));
}

void IdentifierGraph::set_aside(std::span<const IdentifierValue> identifiers,
                                std::vector<DroppedIdentifier>& dropped) {
  arrived_.clear();
  for (std::size_t place = 0; place < identifiers.size(); ++place) {
    const IdentifierValue& identifier = identifiers[place];
    const std::uint32_t code = table_.find(identifier.type, identifier.value);
    if (const auto reason = unusable(identifier, code)) {
      dropped.push_back({place, *reason, no_identifier_type});
    } else {
      arrived_.push_back({identifier.type, static_cast<std::uint32_t>(place), code, false});
    }
  }
  std::sort(arrived_.begin(), arrived_.end(), [](const Arrived& a, const Arrived& b) {
    return a.type != b.type ? a.type < b.type : a.place < b.place;
  });
  if (arrived_.size() > options_.max_identifiers) {
    for (std::size_t i = options_.max_identifiers; i < arrived_.size(); ++i) {
      dropped.push_back({arrived_[i].place, DropReason::too_many, no_identifier_type});
    }
    arrived_.resize(options_.max_identifiers);
  }
  for (std::size_t i = 0, end = 0; i < arrived_.size(); i = end) {  // the same value twice
    for (end = i + 1; end < arrived_.size() && arrived_[end].type == arrived_[i].type;) {
      const auto value = identifiers[arrived_[end].place].value;
      bool again = false;
      for (std::size_t j = i; j < end && !again; ++j) {
        again = identifiers[arrived_[j].place].value == value;
      }
      if (again) {
        arrived_.erase(arrived_.begin() + static_cast<std::ptrdiff_t>(end));
      } else {
        ++end;
      }
    }
  }
}

void IdentifierGraph::add_sightings(Customer owner) {
  for_each_member(owner, [this](Customer member) {
    for (const std::uint32_t code : own_[index(member)]) {
      const auto& entry = table_[code];
      if (limits_[static_cast<std::size_t>(entry.type)].values != 0) {
        sightings_.push_back({entry.type, entry.first});
      }
    }
  });
}

std::optional<IdentifierGraph::Misfit> IdentifierGraph::misfit(std::size_t added_from) {
  std::bitset<256> added;
  for (std::size_t i = added_from; i < sightings_.size(); ++i) {
    added.set(static_cast<std::size_t>(sightings_[i].type));
  }
  for (std::size_t t = 0; t < limits_.size(); ++t) {
    if (!added.test(t)) continue;
    times_.clear();
    for (const Sighting& sighting : sightings_) {
      if (static_cast<std::size_t>(sighting.type) == t) times_.push_back(sighting.first);
    }
    const std::size_t most = limits_[t].values;
    if (times_.size() <= most) continue;
    const std::uint64_t window = seconds_of(limits_[t].window);
    bool fits = window != 0;
    if (fits) {
      std::sort(times_.begin(), times_.end());
      for (std::size_t i = most; i < times_.size() && fits; ++i) {
        fits = distance(times_[i - most], times_[i]) >= window;
      }
    }
    if (!fits) {
      return Misfit{options_.rules[t].verified ? DropReason::conflict : DropReason::limit,
                    static_cast<IdentifierType>(t)};
    }
  }
  return std::nullopt;
}

bool IdentifierGraph::parted_from_kept(Customer owner) const {
  bool apart = false;
  if (parted_.empty()) return apart;
  for_each_member(owner, [&](Customer member) {
    const auto found = parted_.find(member);
    if (found == parted_.end()) return;
    for (const Customer other : found->second) {
      apart =
          apart || std::find(touched_.begin(), touched_.end(), log_.owner(other)) != touched_.end();
    }
  });
  return apart;
}

std::optional<IdentifierGraph::Misfit> IdentifierGraph::try_keep(const Arrived& arrived,
                                                                 Time time) {
  const bool held = arrived.code != none;
  const Customer owner = held ? log_.owner(table_[arrived.code].home) : no_customer;
  if (held) {
    if (std::find(touched_.begin(), touched_.end(), owner) != touched_.end()) return std::nullopt;
    if (touched_.empty() && sightings_.empty()) {  // one customer alone fits
      touched_.push_back(owner);
      return std::nullopt;
    }
    if (parted_from_kept(owner)) return Misfit{DropReason::parted, no_identifier_type};
  } else if (limits_[static_cast<std::size_t>(arrived.type)].values == 0) {
    return std::nullopt;
  }
  if (!loaded_ && !touched_.empty()) {
    add_sightings(touched_.front());
    loaded_ = true;
  }
  const std::size_t before = sightings_.size();
  if (held) {
    add_sightings(owner);
  } else {
    sightings_.push_back({arrived.type, time});
  }
  const std::optional<Misfit> bad = misfit(before);
  if (bad) {
    sightings_.resize(before);
  } else if (held) {
    loaded_ = true;
    touched_.push_back(owner);
  }
  return bad;
}

Resolution IdentifierGraph::resolve(std::span<const IdentifierValue> identifiers, Time time) {
  Resolution out;
  set_aside(identifiers, out.dropped);
  touched_.clear();
  sightings_.clear();
  loaded_ = false;
  std::optional<Misfit> bad;
  bool any = false;
  for (Arrived& arrived : arrived_) {
    if (!bad || options_.keep_what_fits) bad = try_keep(arrived, time);
    arrived.kept = !bad;
    any = any || arrived.kept;
    if (bad) out.dropped.push_back({arrived.place, bad->reason, bad->because});
  }
  std::sort(
      out.dropped.begin(), out.dropped.end(),
      [](const DroppedIdentifier& a, const DroppedIdentifier& b) { return a.place < b.place; });
  if (!any) return out;

  if (touched_.empty()) {
    out.customer = add_customer();
    out.outcome = ResolveOutcome::made;
  } else {
    std::sort(touched_.begin(), touched_.end());
    out.customer = touched_.front();
    out.outcome = touched_.size() == 1 ? ResolveOutcome::found : ResolveOutcome::merged;
  }
  if (touched_.size() > 1) {
    std::string reason = "identifiers of both in one arrival: ";
    IdentifierType last = no_identifier_type;
    for (const Arrived& arrived : arrived_) {
      if (!arrived.kept || arrived.code == none || arrived.type == last) continue;
      if (last != no_identifier_type) reason += ", ";
      last = arrived.type;
      reason += options_.rules[static_cast<std::size_t>(last)].name;
    }
    for (std::size_t i = 1; i < touched_.size(); ++i) {
      out.merges.push_back(join(out.customer, touched_[i], time, reason));
    }
  }
  for (const Arrived& arrived : arrived_) {
    if (!arrived.kept || arrived.code != none) continue;
    own_[index(out.customer)].push_back(
        table_.add(arrived.type, identifiers[arrived.place].value, out.customer, time));
  }
  return out;
}

Customer IdentifierGraph::find(const IdentifierValue& identifier) const {
  const std::uint32_t code = table_.find(identifier.type, identifier.value);
  return code == none ? no_customer : log_.owner(table_[code].home);
}

Customer IdentifierGraph::add_customer() {
  if (own_.size() == max_ids) {
    throw Exception(ErrorCode::overflow, "too many customers", "IdentifierGraph");
  }
  own_.emplace_back();
  return id_at<Customer>(own_.size() - 1);
}

MergeLog::Outcome IdentifierGraph::join(Customer kept, Customer absorbed, Time time,
                                        std::string reason) {
  const Customer left = log_.owner(absorbed);
  MergeLog::Outcome outcome = log_.merge(kept, absorbed, time, std::move(reason));
  std::vector<Customer>& group = groups_[log_.owner(kept)];
  for_each_member(left, [&group](Customer member) { group.push_back(member); });
  std::sort(group.begin(), group.end());
  groups_.erase(left);
  return outcome;
}

Result<MergeLog::Outcome> IdentifierGraph::merge(Customer kept, Customer absorbed, Time time,
                                                 std::string reason) {
  constexpr const char* where = "IdentifierGraph::merge";
  if (index(kept) >= customers() || index(absorbed) >= customers()) {
    return Error{ErrorCode::not_found, "one of the two customers was never made", where};
  }
  const Customer first = owner(kept), second = owner(absorbed);
  if (first == second) {
    return Error{ErrorCode::duplicate, "the two have one owner already", where};
  }
  sightings_.clear();
  add_sightings(first);
  add_sightings(second);
  if (const auto bad = misfit(0)) {
    const IdentifierRule& rule = options_.rules[static_cast<std::size_t>(bad->because)];
    return Error{ErrorCode::invalid_value,
                 text("one customer would have more values of '", rule.name, "' than ",
                      limits_[static_cast<std::size_t>(bad->because)].values),
                 where};
  }
  const auto forget = [this](Customer from, Customer other_owner) {
    for_each_member(from, [&](Customer member) {
      const auto found = parted_.find(member);
      if (found == parted_.end()) return;
      std::erase_if(found->second, [&](Customer c) { return log_.owner(c) == other_owner; });
      if (found->second.empty()) parted_.erase(found);
    });
  };
  forget(first, second);
  forget(second, first);
  return join(kept, absorbed, time, std::move(reason));
}

Result<MergeLog::Outcome> IdentifierGraph::unmerge(MergeId id, Time time, std::string reason) {
  Result<MergeLog::Outcome> outcome = log_.unmerge(id, time, std::move(reason));
  if (!outcome) return outcome;
  const MergeEvent& event = outcome->event;
  if (options_.remember_unmerges) {
    parted_[event.kept].push_back(event.absorbed);
    parted_[event.absorbed].push_back(event.kept);
  }
  if (outcome->changes.empty()) return outcome;
  const Customer before = outcome->changes.front().before;
  const auto found = groups_.find(before);
  std::vector<Customer> members = std::move(found->second);
  groups_.erase(found);
  members.push_back(before);
  std::sort(members.begin(), members.end());
  for (const Customer member : members) {
    if (const Customer now = owner(member); now != member) groups_[now].push_back(member);
  }
  return outcome;
}

Result<ErasureOutcome> IdentifierGraph::erase(Customer customer, Time time) {
  require_option(tombstone_key_.has_value(), "tombstone_key", "set before anybody is erased",
                 "an empty key");
  if (index(customer) >= customers()) {
    return Error{ErrorCode::not_found, "this customer was never made", "IdentifierGraph::erase"};
  }
  ErasureOutcome out;
  out.customers = log_.members(customer);
  for (const Customer member : out.customers) {
    for (const std::uint32_t code : own_[index(member)]) {
      tombstones_.add(*tombstone_key_, strong({table_[code].type, table_.value(code)}), time);
      table_.take_out(code);
      ++out.identifiers;
    }
    own_[index(member)] = {};
  }
  return out;
}

bool IdentifierGraph::lift(const IdentifierValue& identifier) {
  return static_cast<std::size_t>(identifier.type) < options_.rules.size() &&
         tombstone_key_.has_value() && tombstones_.lift(*tombstone_key_, strong(identifier));
}

std::vector<HeldIdentifier> IdentifierGraph::identifiers_of(Customer customer) const {
  std::vector<HeldIdentifier> out;
  if (index(customer) >= customers()) return out;
  for (const Customer member : log_.members(customer)) {
    for (const std::uint32_t code : own_[index(member)]) {
      const auto& entry = table_[code];
      out.push_back({entry.type, table_.value(code), entry.home, entry.first});
    }
  }
  return out;
}

}  // namespace emptor
