#include "emptor/identity/golden_profile.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace emptor {

namespace {

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const std::size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

/// The element of that key, made if it is not there.
template <class Map>
typename Map::mapped_type& at_key(Map& map, std::string_view key) {
  const auto found = map.find(key);
  if (found != map.end()) return found->second;
  return map.try_emplace(std::string(key)).first->second;
}

std::uint32_t total_of(const std::map<std::string, std::uint32_t, std::less<>>& spellings) {
  return std::accumulate(spellings.begin(), spellings.end(), std::uint32_t{0},
                         [](std::uint32_t sum, const auto& each) { return sum + each.second; });
}

}  // namespace

void InferenceCounts::add(std::string_view from, std::string_view key, std::string_view spelling) {
  ++at_key(at_key(at_key(counts_, from), key), spelling);
}

void InferenceCounts::remove(std::string_view from, std::string_view key,
                             std::string_view spelling) {
  const auto values = counts_.find(from);
  if (values == counts_.end()) return;
  const auto spellings = values->second.find(key);
  if (spellings == values->second.end()) return;
  const auto count = spellings->second.find(spelling);
  if (count == spellings->second.end()) return;
  if (--count->second != 0) return;
  spellings->second.erase(count);
  if (spellings->second.empty()) values->second.erase(spellings);
  if (values->second.empty()) counts_.erase(values);
}

void InferenceCounts::merge(const InferenceCounts& other) {
  for (const auto& [from, values] : other.counts_) {
    for (const auto& [key, spellings] : values) {
      for (const auto& [spelling, count] : spellings) {
        at_key(at_key(at_key(counts_, from), key), spelling) += count;
      }
    }
  }
}

std::optional<InferenceCounts::Inference> InferenceCounts::most(std::string_view from) const {
  const auto values = counts_.find(from);
  if (values == counts_.end()) return std::nullopt;
  Inference out;
  for (const auto& [key, spellings] : values->second) {
    const std::uint32_t support = total_of(spellings);
    out.total += support;
    if (support <= out.support) continue;
    out.support = support;
    out.value =
        std::max_element(spellings.begin(), spellings.end(), [](const auto& a, const auto& b) {
          return a.second < b.second;
        })->first;
  }
  return out;
}

GoldenProfileMaker::GoldenProfileMaker(std::span<const std::string> columns,
                                       SurvivorshipOptions options)
    : options_(std::move(options)) {
  check_survivorship(options_);
  for (const SurvivorField& field : options_.fields) {
    const auto column = std::find(columns.begin(), columns.end(), field.column);
    require_option(column != columns.end(), "column", "a column of the records", field.column);
    columns_.push_back(static_cast<std::size_t>(column - columns.begin()));
    infer_from_.emplace_back();
    for (std::size_t f = 0; f < options_.fields.size(); ++f) {
      if (field.infer_from == options_.fields[f].column) infer_from_.back() = f;
    }
  }
}

FieldState GoldenProfileMaker::judge(std::size_t field, std::string_view value,
                                     std::string& key) const {
  key.clear();
  if (value.empty()) return FieldState::missing;
  if (options_.fields[field].normalise) return options_.fields[field].normalise(value, key);
  key = value;
  return FieldState::usable;
}

GoldenField GoldenProfileMaker::survive(std::size_t field, const Records& records,
                                        std::span<const RecordOrigin> origins,
                                        std::span<const Record> members) const {
  const SurvivorField& rules = options_.fields[field];
  GoldenField out;
  out.rule = rules.rule;
  std::vector<std::string> keys(members.size());
  std::vector<SurvivorCandidate> usable;
  std::vector<SurvivorCandidate> malformed;
  for (std::size_t i = 0; i < members.size(); ++i) {
    SurvivorCandidate candidate;
    candidate.record = members[i];
    candidate.value = trimmed(records.value(members[i], columns_[field]));
    const FieldState state = judge(field, candidate.value, keys[i]);
    out.missing += state == FieldState::missing ? 1 : 0;
    out.placeholder += state == FieldState::placeholder ? 1 : 0;
    if (state != FieldState::usable && state != FieldState::malformed) continue;
    const RecordOrigin& origin = origins[index(members[i])];
    const auto place = std::find(rules.priority.begin(), rules.priority.end(), origin.source);
    candidate.key = keys[i];
    candidate.source = origin.source;
    candidate.time = origin.time;
    candidate.verified = (origin.verified >> field & 1) != 0;
    candidate.priority = static_cast<std::uint32_t>(place - rules.priority.begin());
    (state == FieldState::usable ? usable : malformed).push_back(candidate);
  }
  out.usable = static_cast<std::uint32_t>(usable.size());
  out.malformed = static_cast<std::uint32_t>(malformed.size());
  std::map<std::string_view, std::uint32_t> counts;
  for (const SurvivorCandidate& candidate : usable) ++counts[candidate.key];
  for (SurvivorCandidate& candidate : usable) candidate.count = counts[candidate.key];
  order_survivors(rules, usable);
  if (!usable.empty()) {
    const SurvivorCandidate& best = usable.front();
    out.value = best.value;
    out.confidence = static_cast<double>(best.count) / static_cast<double>(usable.size());
    out.record = best.record;
    out.source = best.source;
    out.time = best.time;
    out.verified = best.verified;
  }
  const auto lose = [&](std::vector<SurvivorCandidate>& candidates, FieldState state) {
    std::map<std::string_view, std::size_t> places;
    const std::size_t first = out.losing.size();
    for (const SurvivorCandidate& candidate : candidates) {
      if (state == FieldState::usable && candidate.key == usable.front().key) {
        out.records.push_back(candidate.record);
        continue;
      }
      const auto [at, fresh] = places.try_emplace(candidate.key, out.losing.size());
      if (fresh) out.losing.push_back({std::string(candidate.value), state, {}, Time::min()});
      LosingValue& losing = out.losing[at->second];
      losing.records.push_back(candidate.record);
      losing.latest = std::max(losing.latest, candidate.time);
    }
    for (std::size_t l = first; l < out.losing.size(); ++l) {
      std::sort(out.losing[l].records.begin(), out.losing[l].records.end());
    }
  };
  lose(usable, FieldState::usable);
  std::sort(out.records.begin(), out.records.end());
  std::sort(malformed.begin(), malformed.end(),
            [](const SurvivorCandidate& a, const SurvivorCandidate& b) {
              return survives_before(SurvivorRule::most_recent, a, b);
            });
  lose(malformed, FieldState::malformed);
  return out;
}

GoldenProfile GoldenProfileMaker::make(Customer customer, const Records& records,
                                       std::span<const RecordOrigin> origins,
                                       std::span<const Record> members) const {
  GoldenProfile profile;
  profile.customer = customer;
  profile.records = static_cast<std::uint32_t>(members.size());
  for (std::size_t f = 0; f < options_.fields.size(); ++f) {
    profile.fields.push_back(survive(f, records, origins, members));
  }
  return profile;
}

void GoldenProfileMaker::infer(GoldenProfile& profile,
                               std::span<const InferenceCounts> counts) const {
  for (std::size_t f = 0; f < profile.fields.size(); ++f) {
    GoldenField& field = profile.fields[f];
    if (!infer_from_[f] || !field.value.empty()) continue;
    const GoldenField& from = profile.fields[*infer_from_[f]];
    if (!from.known()) continue;
    std::string key;
    (void)judge(*infer_from_[f], from.value, key);
    const auto most = counts[f].most(key);
    if (!most || most->support < options_.fields[f].min_support) continue;
    const double confidence = (most->support + 1.0) / (most->total + 2.0);
    if (confidence < options_.fields[f].min_confidence) continue;
    field.value = most->value;
    field.inferred = true;
    field.confidence = confidence;
    field.support = most->support;
  }
}

std::vector<InferencePair> GoldenProfileMaker::pairs(const GoldenProfile& profile) const {
  std::vector<InferencePair> out;
  for (std::size_t f = 0; f < profile.fields.size(); ++f) {
    if (!infer_from_[f] || !profile.fields[f].known()) continue;
    const GoldenField& from = profile.fields[*infer_from_[f]];
    if (!from.known()) continue;
    InferencePair pair{.field = f, .from = {}, .key = {}, .spelling = profile.fields[f].value};
    (void)judge(*infer_from_[f], from.value, pair.from);
    (void)judge(f, pair.spelling, pair.key);
    out.push_back(std::move(pair));
  }
  return out;
}

std::vector<GoldenProfile> golden_profiles(const Records& records,
                                           std::span<const RecordOrigin> origins,
                                           std::span<const Customer> owners,
                                           const SurvivorshipOptions& options) {
  if (origins.size() != records.size() || owners.size() != records.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("every one of ", records.size(), " records needs an origin and an owner"),
                    "golden_profiles");
  }
  const GoldenProfileMaker maker(records.columns(), options);
  std::vector<InferenceCounts> counts(options.fields.size());
  std::vector<Record> rows;
  for (std::size_t row = 0; row < records.size(); ++row) {
    if (owners[row] == no_customer) continue;
    rows.push_back(id_at<Record>(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [&](Record a, Record b) { return owners[index(a)] < owners[index(b)]; });
  std::vector<GoldenProfile> out;
  for (std::size_t from = 0; from < rows.size();) {
    const Customer owner = owners[index(rows[from])];
    std::size_t to = from;
    while (to < rows.size() && owners[index(rows[to])] == owner) ++to;
    out.push_back(maker.make(owner, records, origins, std::span(rows).subspan(from, to - from)));
    for (const InferencePair& pair : maker.pairs(out.back())) {
      counts[pair.field].add(pair.from, pair.key, pair.spelling);
    }
    from = to;
  }
  for (GoldenProfile& profile : out) maker.infer(profile, counts);
  return out;
}

}  // namespace emptor
