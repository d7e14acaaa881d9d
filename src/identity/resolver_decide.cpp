#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "identity/linking.hpp"
#include "identity/resolver_state.hpp"

namespace emptor {

namespace {

/// A mean of clamped weights as `cluster_records` takes it.
class WeightMean {
 public:
  explicit WeightMean(const ClusterOptions& options) : options_(options) {}

  void add(float weight) {
    const double clamped = static_cast<double>(std::clamp(weight, -options_.clamp, options_.clamp));
    double votes = 1;
    if (!std::isnan(options_.neutral_weight)) {
      const double neutral =
          static_cast<double>(std::clamp(options_.neutral_weight, -options_.clamp, options_.clamp));
      votes = std::floor(std::clamp(std::abs(clamped - neutral), 1.0 / 16, 4.0) * 16);
    }
    sum_ += clamped * votes;
    votes_ += votes;
  }
  [[nodiscard]] float value() const { return static_cast<float>(sum_ / votes_); }

 private:
  const ClusterOptions& options_;
  double sum_ = 0, votes_ = 0;
};

/// Marks the record; whether it was not marked before. `table` has a power of two of places.
bool mark(std::vector<std::uint32_t>& table, std::uint32_t record) {
  const std::size_t mask = table.size() - 1;
  std::size_t place = record * 0x9e3779b9U & mask;
  while (table[place] != 0) {
    if (table[place] == record + 1) return false;
    place = (place + 1) & mask;
  }
  table[place] = record + 1;
  return true;
}

}  // namespace

Resolver::State::Probe::Probe(const State& state)
    : own(state.records.empty_copy()), scorer(state.records, *state.weights, *state.shares) {
  seen.resize(2 * std::bit_ceil(state.options.max_candidates));
}

std::optional<Error> Resolver::State::wrong(std::span<const std::string_view> values) const {
  if (values.size() != records.columns().size()) {
    return Error{
        ErrorCode::invalid_shape,
        text("a record must have ", records.columns().size(), " values, got ", values.size()),
        "Resolver"};
  }
  for (std::size_t c = 0; c < values.size(); ++c) {
    if (values[c].size() > Records::longest_value) {
      return Error{ErrorCode::invalid_value,
                   text("a value must have at most ", Records::longest_value, " bytes, got ",
                        values[c].size()),
                   records.columns()[c]};
    }
  }
  return std::nullopt;
}

void Resolver::State::read(Probe& probe, std::span<const std::string_view> values) const {
  constexpr std::size_t kept_rows = 256;
  std::size_t bytes = 0;
  for (const std::string_view value : values) bytes += value.size();
  if (probe.own.size() >= kept_rows || bytes > 4096) probe.own = records.empty_copy();
  probe.own.append(values);
  probe.row = probe.own.size() - 1;
}

void Resolver::State::gather(std::uint32_t owner, std::vector<std::uint32_t>& out) const {
  out.clear();
  std::uint32_t at = owner;
  do {
    out.push_back(at);
    at = next[at];
  } while (at != owner);
  std::sort(out.begin(), out.end());
}

std::vector<std::uint32_t> Resolver::State::group(std::uint32_t record) const {
  std::vector<std::uint32_t> out;
  gather(owners[record], out);
  return out;
}

void Resolver::State::find_candidates(Probe& probe) const {
  probe.keys.clear();
  for (std::size_t r = 0; r < rules.size(); ++r) {
    probe.keys.push_back(detail::rule_key(probe.own, rules[r], probe.row));
    if (probe.keys[r] != 0) indexes[r].prefetch(probe.keys[r]);
  }
  probe.blocks.clear();
  for (std::uint32_t r = 0; r < rules.size(); ++r) {
    if (probe.keys[r] == 0) continue;
    const std::span<const std::uint32_t> block = indexes[r].find(probe.keys[r]);
    const std::size_t size = block.size();
    if (size == 0 || size > options.max_block) continue;
    __builtin_prefetch(block.data());
    probe.blocks.emplace_back(static_cast<std::uint32_t>(size), r);
  }
  std::sort(probe.blocks.begin(), probe.blocks.end());
  probe.candidates.clear();
  std::fill(probe.seen.begin(), probe.seen.end(), 0U);
  const bool scoped = options.link.mode != LinkMode::dedupe_and_link;
  const std::string_view source = scoped ? probe.own.source_name(probe.row) : std::string_view{};
  for (const auto& [size, rule] : probe.blocks) {
    for (const std::uint32_t record : indexes[rule].find(probe.keys[rule])) {
      if (probe.candidates.size() == options.max_candidates) return;
      if (scoped &&
          (records.source_name(record) == source) != (options.link.mode == LinkMode::dedupe_only)) {
        continue;
      }
      if (!mark(probe.seen, record)) continue;
      records.prefetch(record);
      probe.candidates.push_back(record);
    }
  }
}

/// The customers with a record whose weight reaches the threshold.
void Resolver::State::find_customers(Probe& probe) const {
  const float threshold = options.link.clustering.threshold;
  probe.found.clear();
  probe.refused.clear();
  probe.scorer.begin(probe.own, probe.row);
  constexpr std::size_t ahead = 12;
  const std::vector<std::uint32_t>& candidates = probe.candidates;
  for (std::size_t i = 0; i < std::min(ahead, candidates.size()); ++i) {
    probe.scorer.prefetch_values(candidates[i]);
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i + ahead < candidates.size()) probe.scorer.prefetch_values(candidates[i + ahead]);
    const float weight = probe.scorer.weight(candidates[i]);
    if (!detail::joins(weight, threshold,
                       [&] { return probe.scorer.cross_weight(candidates[i]); })) {
      continue;
    }
    const Found found{owners[candidates[i]], candidates[i], weight, 0, MergeRefusal::none};
    const auto known = std::find_if(probe.found.begin(), probe.found.end(),
                                    [&](const Found& f) { return f.owner == found.owner; });
    if (known == probe.found.end()) {
      probe.found.push_back(found);
    } else if (weight > known->weight || (weight == known->weight && found.like < known->like)) {
      *known = found;
    }
  }
}

float Resolver::State::mean(Probe& probe, std::span<const std::uint32_t> members) const {
  WeightMean mean(options.link.clustering);
  const std::size_t count = std::min(members.size(), options.link.clustering.cross_pairs);
  for (const std::uint32_t member : members.first(count)) {
    mean.add(probe.scorer.cross_weight(member));
  }
  return mean.value();
}

/// Of the two groups, the first with the record at hand.
float Resolver::State::mutual_mean(Probe& probe, std::span<const std::uint32_t> one,
                                   std::span<const std::uint32_t> other) const {
  const std::size_t most = options.link.clustering.cross_pairs;
  std::size_t rows = one.size() + 1, columns = other.size();
  if (rows * columns > most) {
    const auto square =
        std::max<std::size_t>(1, static_cast<std::size_t>(std::sqrt(static_cast<double>(most))));
    rows = std::min(rows, std::max(square, most / columns));
    columns = std::min(columns, std::max<std::size_t>(1, most / rows));
  }
  WeightMean mean(options.link.clustering);
  for (std::size_t i = 0; i < rows; ++i) {
    if (i == 0) {
      probe.scorer.begin(probe.own, probe.row);
    } else {
      probe.scorer.begin(one[i - 1]);
    }
    for (std::size_t j = 0; j < columns; ++j) mean.add(probe.scorer.cross_weight(other[j]));
  }
  probe.scorer.begin(probe.own, probe.row);
  return mean.value();
}

bool Resolver::State::parted(std::span<const std::uint32_t> one,
                             std::span<const std::uint32_t> other) const {
  if (parted_.empty()) return false;
  for (const std::uint32_t a : one) {
    const auto of_a = parted_.find(a);
    if (of_a == parted_.end()) continue;
    for (const std::uint32_t b : other) {
      const auto of_b = parted_.find(b);
      if (of_b == parted_.end()) continue;
      for (const auto& [decision, side] : of_a->second) {
        if (decisions[decision].in_force &&
            std::find(of_b->second.begin(), of_b->second.end(), std::pair(decision, !side)) !=
                of_b->second.end()) {
          return true;
        }
      }
    }
  }
  return false;
}

MergeRefusal Resolver::State::refusal(Probe& probe, std::span<const std::uint32_t> one,
                                      std::span<const std::uint32_t> other, bool with_probe,
                                      bool by_person) const {
  if (!by_person && parted(one, other)) return MergeRefusal::cannot_link;
  constexpr std::uint64_t unknown = std::uint64_t{1} << 32;  // a value that no record has
  const auto put = [&](std::span<const std::uint32_t> members, std::size_t c) {
    const Comparison& comparison = records.comparisons()[c];
    for (const std::uint32_t member : members) {
      const std::uint32_t* codes = records.codes(member) + comparison.first_slot;
      for (std::size_t i = 0; i < comparison.slots; ++i) {
        if (codes[i] != 0) probe.identifiers.push_back(codes[i]);
      }
    }
  };
  const auto put_probe = [&](std::size_t c) {
    const Comparison& comparison = records.comparisons()[c];
    for (std::size_t slot = comparison.first_slot, i = 0; with_probe && i < comparison.slots;
         ++i, ++slot) {
      if (probe.scorer.missing(slot)) continue;
      const std::uint32_t code = probe.scorer.code(slot);
      probe.identifiers.push_back(code != 0 ? code : unknown + slot);
    }
  };
  const auto distinct = [&] {
    std::sort(probe.identifiers.begin(), probe.identifiers.end());
    const auto end = std::unique(probe.identifiers.begin(), probe.identifiers.end());
    const auto count = static_cast<std::size_t>(end - probe.identifiers.begin());
    probe.identifiers.clear();
    return count;
  };
  const auto together = [&](std::size_t c) {
    put(one, c);
    put(other, c);
    put_probe(c);
    return distinct();
  };
  for (const std::size_t c : verified_) {
    if (together(c) > 1) return MergeRefusal::conflict;
  }
  for (const LimitedField& field : limited_) {
    const std::size_t count = together(field.comparison);
    if (count <= field.values) continue;
    put(one, field.comparison);
    put_probe(field.comparison);
    const std::size_t in_one = distinct();
    put(other, field.comparison);
    if (count > in_one && count > distinct()) return MergeRefusal::cardinality;
  }
  const std::size_t size = one.size() + other.size() + (with_probe ? 1 : 0);
  if (!by_person && size > options.link.clustering.max_size) return MergeRefusal::size;
  return MergeRefusal::none;
}

void Resolver::State::judge(Probe& probe) const {
  for (Found& found : probe.found) {
    gather(found.owner, probe.group);
    found.mean = mean(probe, probe.group);
  }
  std::sort(probe.found.begin(), probe.found.end(), [](const Found& a, const Found& b) {
    if (a.mean != b.mean) return a.mean > b.mean;
    return a.weight != b.weight ? a.weight > b.weight : a.owner < b.owner;
  });
  probe.group.clear();  // whom the record joins, all together
  std::size_t kept = 0;
  for (Found found : probe.found) {
    if (found.mean < options.link.clustering.threshold) {
      found.reason = MergeRefusal::mean;
    } else {
      gather(found.owner, probe.others);
      found.reason = refusal(probe, probe.group, probe.others, true, false);
      if (found.reason == MergeRefusal::none && kept > 0) {
        const float mutual = mutual_mean(probe, probe.group, probe.others);
        if (mutual < options.link.clustering.threshold) found.reason = MergeRefusal::mean;
        found.mean = mutual;
      }
    }
    if (found.reason != MergeRefusal::none) {
      probe.refused.push_back(found);
      continue;
    }
    probe.group.insert(probe.group.end(), probe.others.begin(), probe.others.end());
    std::sort(probe.group.begin(), probe.group.end());
    probe.found[kept++] = found;
  }
  probe.found.resize(kept);
}

/// What the last pair agrees in, by names of comparisons.
std::string Resolver::State::agreement(const detail::RecordScorer& scorer) const {
  std::string out = "agree: ";
  const std::size_t begin = out.size();
  for (std::size_t c = 0; c < records.comparisons().size(); ++c) {
    const std::uint8_t level = scorer.levels()[c];
    if (level == missing_level || level >= weights->last(c)) continue;
    if (out.size() > begin) out += ", ";
    out += records.comparisons()[c].name;
  }
  return out;
}

void Resolver::State::answer(const Probe& probe, Resolved& resolved) const {
  resolved.candidates = probe.candidates.size();
  for (const Found& refused : probe.refused) {
    resolved.refused.push_back({id_at<Customer>(refused.owner), id_at<Record>(refused.like),
                                refused.weight, refused.mean, refused.reason});
  }
  resolved.outcome = probe.found.empty()       ? RecordOutcome::made
                     : probe.found.size() == 1 ? RecordOutcome::found
                                               : RecordOutcome::merged;
  if (probe.found.empty()) return;
  const Found& best = probe.found.front();
  resolved.like = id_at<Record>(best.like);
  resolved.weight = best.weight;
  resolved.mean = best.mean;
  std::uint32_t owner = best.owner;
  for (const Found& found : probe.found) owner = std::min(owner, found.owner);
  resolved.customer = id_at<Customer>(owner);
}

Result<Resolved> Resolver::State::look_up(std::span<const std::string_view> values) const {
  if (std::optional<Error> error = wrong(values)) return *std::move(error);
  const Lease lease(*this);
  Probe& probe = *lease;
  read(probe, values);
  Resolved resolved;
  if (is_tombstoned(probe.own, probe.row)) {
    resolved.outcome = RecordOutcome::tombstoned;
    return resolved;
  }
  find_candidates(probe);
  find_customers(probe);
  judge(probe);
  answer(probe, resolved);
  return resolved;
}

Result<Resolved> Resolver::State::resolve(std::span<const std::string_view> values, Time time) {
  if (std::optional<Error> error = wrong(values)) return *std::move(error);
  if (records.size() == max_ids) {
    return Error{ErrorCode::overflow, "no more records fit", "Resolver"};
  }
  Resolved resolved;
  {
    const Lease lease(*this);
    Probe& probe = *lease;
    read(probe, values);
    if (is_tombstoned(probe.own, probe.row)) {
      resolved.outcome = RecordOutcome::tombstoned;
      return resolved;
    }
    find_candidates(probe);
    find_customers(probe);
    judge(probe);
    answer(probe, resolved);

    const auto record = static_cast<std::uint32_t>(records.size());
    records.append(values);
    shares->add(record);
    for (std::size_t r = 0; r < rules.size(); ++r) {
      if (probe.keys[r] != 0) indexes[r].add(probe.keys[r], record);
    }
    owners.push_back(record);
    next.push_back(record);
    sizes.push_back(1);
    is_erased.push_back(false);
    first_end_.push_back(none);
    resolved.record = id_at<Record>(record);
    resolved.arrived = id_at<Customer>(record);
    resolved.customer = resolved.arrived;
    for (const Found& found : probe.found) {
      static_cast<void>(probe.scorer.weight(found.like));
      const bool keeps = owners[found.like] < owners[record];
      merge(keeps ? found.like : record, keeps ? record : found.like, time, agreement(probe.scorer),
            {DecidedBy::arrival, {found.like, record}, found.weight, found.mean}, &resolved.events);
      resolved.customer = id_at<Customer>(owners[record]);
    }
  }
  tell(resolved.events);
  return resolved;
}

}  // namespace emptor
