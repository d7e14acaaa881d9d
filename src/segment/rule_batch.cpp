#include "emptor/segment/rule_batch.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "emptor/core/archive.hpp"
#include "segment/rule_person.hpp"

namespace emptor {

using detail::RuleRecord;

namespace {

constexpr std::uint32_t sets_version = 1;
constexpr std::size_t chunk_customers = 4096;

/// What the merges make of tags and consent: who has none is not here.
template <class State>
std::vector<State> merged_states(std::span<const State> states,
                                 std::span<const Customer> merged_into) {
  std::vector<State> out(states.begin(), states.end());
  for (std::size_t c = 0; c < states.size() && c < merged_into.size(); ++c) {
    const std::size_t into = index(merged_into[c]);
    if (into == c) continue;
    if (into >= out.size()) out.resize(into + 1);
    out[into].merge(states[c]);
    out[c] = State{};
  }
  return out;
}

void check_merges(std::span<const Customer> merged_into) {
  for (const Customer into : merged_into) {
    if (into == no_customer ||
        (index(into) < merged_into.size() && merged_into[index(into)] != into)) {
      throw Exception(ErrorCode::invalid_value,
                      "whom a customer is merged into must be merged into nobody else",
                      "RuleBatch");
    }
  }
}

}  // namespace

struct RuleBatch::Data {
  RuleSegments segments;
  Keys<Channel> channels;
  std::optional<detail::RuleMachine> machine;
  std::vector<std::size_t> begins;  // by customer, and an end
  std::vector<RuleRecord> records;  // by customer and time
  std::vector<Customer> merged_into;
  std::vector<std::size_t> member_begins;  // by customer, and an end
  std::vector<Customer> members;
  std::span<const TagSet> tags;
  std::span<const ConsentHistory> consents;
  std::vector<TagSet> own_tags;
  std::vector<ConsentHistory> own_consents;

  [[nodiscard]] std::size_t customers() const noexcept { return begins.size() - 1; }
  [[nodiscard]] Customer owner(Customer customer) const noexcept {
    return index(customer) < merged_into.size() ? merged_into[index(customer)] : customer;
  }
  [[nodiscard]] bool counts(std::size_t customer) const noexcept {
    return owner(id_at<Customer>(customer)) == id_at<Customer>(customer);
  }
  [[nodiscard]] detail::RulePerson person(std::size_t customer, const Customer& self) const {
    detail::RulePerson out{.members = {&self, 1}};
    if (customer + 1 < member_begins.size()) {
      const std::size_t begin = member_begins[customer], end = member_begins[customer + 1];
      if (end > begin + 1) out.members = std::span(members).subspan(begin, end - begin);
    }
    if (customer < tags.size()) out.tags = &tags[customer];
    if (customer < consents.size()) out.consents = &consents[customer];
    return out;
  }
  /// The customer's records up to now.
  [[nodiscard]] std::span<const RuleRecord> lines(std::size_t customer, std::int64_t now) const {
    if (customer >= customers()) return {};
    const auto begin = records.begin() + static_cast<std::ptrdiff_t>(begins[customer]);
    const auto end = records.begin() + static_cast<std::ptrdiff_t>(begins[customer + 1]);
    return {begin,
            std::partition_point(begin, end, [&](const RuleRecord& r) { return r.time <= now; })};
  }

  void read(const RuleTables& tables);
  void group(const RuleTables& tables, std::size_t people);
  void check_amounts() const;
};

void RuleBatch::Data::read(const RuleTables& tables) {
  std::size_t people =
      std::max({tables.customers == nullptr ? 0 : tables.customers->size(), tables.tags.size(),
                tables.consents.size(), tables.merged_into.size()});
  const auto count = [&](std::span<const Customer> column) {
    for (const Customer customer : column) {
      if (customer == no_customer) continue;
      people = std::max({people, index(customer) + 1, index(owner(customer)) + 1});
    }
  };
  for (const Customer into : merged_into) people = std::max(people, index(into) + 1);
  if (tables.orders != nullptr) count(tables.orders->line_customers());
  if (tables.events != nullptr) count(tables.events->customers());
  begins.assign(people + 1, 0);
  const auto measure = [&](std::span<const Customer> column) {
    for (const Customer customer : column) {
      if (customer != no_customer) ++begins[index(owner(customer))];
    }
  };
  if (tables.orders != nullptr) measure(tables.orders->line_customers());
  if (tables.events != nullptr) measure(tables.events->customers());
  std::size_t total = 0;
  for (std::size_t& begin : begins) total += std::exchange(begin, total);
  records.resize(total);
  std::vector<std::size_t> at(begins.begin(), begins.end() - 1);
  const auto channels_of = [&](const Keys<Channel>& keys) {
    std::vector<std::uint32_t> codes;
    for (std::size_t c = 0; c < keys.size(); ++c) {
      codes.push_back(static_cast<std::uint32_t>(channels.add(keys.key(id_at<Channel>(c)))));
    }
    return codes;
  };
  constexpr auto none = static_cast<std::uint32_t>(no_id<Channel>);
  if (tables.orders != nullptr) {
    const Orders& orders = *tables.orders;
    const std::vector<std::uint32_t> codes = channels_of(orders.channels());
    for (std::size_t line = 0; line < orders.lines(); ++line) {
      const Customer customer = orders.line_customers()[line];
      if (customer == no_customer) continue;
      const Channel channel = orders.line_channels()[line];
      records[at[index(owner(customer))]++] = {
          .time = detail::rule_seconds(orders.line_times()[line], "RuleBatch"),
          .amount = orders.line_amounts()[line],
          .quantity = orders.line_quantities()[line],
          .item = static_cast<std::uint32_t>(orders.line_items()[line]),
          .order = static_cast<std::uint32_t>(orders.line_orders()[line]),
          .channel = channel == no_id<Channel> ? none : codes[index(channel)],
          .kind = orders.is_refund(line) ? detail::record_refund : detail::record_sale};
    }
  }
  if (tables.events != nullptr) {
    const Events& events = *tables.events;
    const std::vector<std::uint32_t> codes = channels_of(events.channels());
    for (std::size_t e = 0; e < events.size(); ++e) {
      const Customer customer = events.customers()[e];
      if (customer == no_customer) continue;
      const Channel channel = events.event_channels()[e];
      records[at[index(owner(customer))]++] = {
          .time = detail::rule_seconds(events.times()[e], "RuleBatch"),
          .item = static_cast<std::uint32_t>(events.items()[e]),
          .channel = channel == no_id<Channel> ? none : codes[index(channel)],
          .kind = static_cast<std::uint8_t>(events.kinds()[e])};
    }
  }
  const auto earlier = [](const RuleRecord& a, const RuleRecord& b) { return a.time < b.time; };
  for (std::size_t c = 0; c < people; ++c) {
    const auto begin = records.begin() + static_cast<std::ptrdiff_t>(begins[c]);
    const auto end = records.begin() + static_cast<std::ptrdiff_t>(begins[c + 1]);
    if (!std::is_sorted(begin, end, earlier)) std::stable_sort(begin, end, earlier);
  }
  group(tables, people);
}

void RuleBatch::Data::group(const RuleTables& tables, std::size_t people) {
  tags = tables.tags;
  consents = tables.consents;
  if (merged_into.empty()) return;
  own_tags = merged_states(tables.tags, merged_into);
  own_consents = merged_states(tables.consents, merged_into);
  tags = own_tags;
  consents = own_consents;
  member_begins.assign(people + 1, 0);
  for (std::size_t c = 0; c < people; ++c) ++member_begins[index(owner(id_at<Customer>(c)))];
  std::size_t total = 0;
  for (std::size_t& begin : member_begins) total += std::exchange(begin, total);
  members.resize(total);
  std::vector<std::size_t> at(member_begins.begin(), member_begins.end() - 1);
  for (std::size_t c = 0; c < people; ++c) {  // owners first
    if (counts(c)) members[at[c]++] = id_at<Customer>(c);
  }
  for (std::size_t c = 0; c < people; ++c) {
    if (!counts(c)) members[at[index(owner(id_at<Customer>(c)))]++] = id_at<Customer>(c);
  }
}

void RuleBatch::Data::check_amounts() const {
  for (std::size_t c = 0; c < customers(); ++c) {
    std::int64_t total = 0;
    for (std::size_t i = begins[c]; i < begins[c + 1]; ++i) {
      const std::int64_t amount = records[i].amount;
      if (amount == detail::rule_absent ||
          __builtin_add_overflow(total, amount < 0 ? -amount : amount, &total)) {
        throw Exception(ErrorCode::overflow, "a customer's amounts add up beyond 9.2e18 units",
                        "RuleBatch");
      }
    }
  }
}

RuleBatch::RuleBatch(const RuleSegments& segments, const RuleTables& tables) {
  const RuleSchema& schema = segments.schema();
  if (tables.orders != nullptr) {
    if (tables.orders->currency() != schema.currency) {
      throw Exception(ErrorCode::currency_mismatch,
                      text("the rules speak of ", schema.currency.code(), ", the orders are in ",
                           tables.orders->currency().code()),
                      "RuleBatch");
    }
    require_option(tables.orders->price_scale() == schema.price_scale, "price_scale",
                   "the orders' own", schema.price_scale);
  }
  check_merges(tables.merged_into);
  auto data = std::make_unique<Data>();
  data->segments = segments;
  data->merged_into.assign(tables.merged_into.begin(), tables.merged_into.end());
  data->read(tables);
  data->check_amounts();
  data->machine.emplace(data->segments.program(), tables.customers, tables.items, data->channels);
  data_ = std::move(data);
}

RuleBatch::RuleBatch(RuleBatch&&) noexcept = default;
RuleBatch& RuleBatch::operator=(RuleBatch&&) noexcept = default;
RuleBatch::~RuleBatch() = default;

std::size_t RuleBatch::customers() const noexcept {
  return data_->customers();
}

SegmentSets RuleBatch::at(Time as_of, const Context& context) const {
  const Data& data = *data_;
  const std::int64_t now = detail::rule_seconds(as_of, "RuleBatch::at");
  const std::size_t segments = data.segments.size();
  const std::size_t chunks = (data.customers() + chunk_customers - 1) / chunk_customers;
  std::vector<std::vector<std::vector<Customer>>> found(chunks);
  if (context.report({"segments", 0, chunks}) == Go::stop) {
    throw Exception(ErrorCode::stopped, "stopped by the progress callback", "RuleBatch::at");
  }
  parallel_chunks(context, data.customers(), chunk_customers,
                  [&](std::size_t begin, std::size_t end) {
                    auto& members = found[begin / chunk_customers];
                    members.resize(segments);
                    detail::RuleEvaluation evaluation(*data.machine);
                    evaluation.at(now);
                    for (std::size_t c = begin; c < end; ++c) {
                      if (!data.counts(c)) continue;
                      const Customer self = id_at<Customer>(c);
                      evaluation.person(data.lines(c, now), data.person(c, self));
                      for (std::size_t s = 0; s < segments; ++s) {
                        if (evaluation.rules().at(s)) members[s].push_back(self);
                      }
                    }
                  });
  SegmentSets out{.as_of = as_of, .definitions = {}, .sets = std::vector<CustomerSet>(segments)};
  out.definitions.assign(data.segments.definitions().begin(), data.segments.definitions().end());
  for (std::size_t s = 0; s < segments; ++s) {
    for (const auto& chunk : found) out.sets[s].add(chunk[s]);
    out.sets[s].optimise();
  }
  return out;
}

SegmentSizes RuleBatch::sizes(std::span<const Time> times, const Context& context) const {
  SegmentSizes out;
  for (const SegmentDefinition& one : data_->segments.definitions()) out.names.push_back(one.name);
  for (const Time time : times) {
    std::vector<std::uint64_t> row;
    for (const CustomerSet& set : at(time, context).sets) row.push_back(set.size());
    out.times.push_back(time);
    out.customers.push_back(std::move(row));
  }
  return out;
}

RuleExplanation RuleBatch::explain(std::size_t segment, Customer customer, Time as_of) const {
  const Data& data = *data_;
  const std::int64_t now = detail::rule_seconds(as_of, "RuleBatch::explain");
  if (segment >= data.segments.size()) {
    throw Exception(ErrorCode::out_of_range,
                    text("segment ", segment, " of ", data.segments.size()), "RuleBatch::explain");
  }
  const Customer self = data.owner(customer);
  detail::RuleEvaluation evaluation(*data.machine);
  evaluation.at(now);
  const detail::RulePerson person = data.person(index(self), self);
  evaluation.person(data.lines(index(self), now), person);
  return detail::explained_rule(*data.machine, segment, evaluation.slots().data(),
                                evaluation.conditions().data(), evaluation.rules().data(), person,
                                now);
}

SegmentSets segments_of(const RuleSegments& segments, const RuleTables& tables, Time as_of,
                        const Context& context) {
  return RuleBatch(segments, tables).at(as_of, context);
}

std::vector<std::byte> SegmentSets::save() const {
  ArchiveWriter writer("segment-sets", sets_version);
  SectionWriter& section = writer.section("segments");
  section.put(std::int64_t{as_of.time_since_epoch().count()});
  section.put(static_cast<std::uint64_t>(definitions.size()));
  for (std::size_t s = 0; s < definitions.size(); ++s) {
    section.put_text(definitions[s].name);
    section.put_text(definitions[s].rule);
    sets[s].save(section);
  }
  return std::move(writer).finish();
}

Result<SegmentSets> SegmentSets::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "segment-sets", sets_version);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("segments");
  if (!section) return section.error();
  SegmentSets out;
  out.as_of = Time{std::chrono::seconds{section->get<std::int64_t>()}};
  const auto count = section->get<std::uint64_t>();
  while (out.sets.size() < count && section->ok()) {
    SegmentDefinition one;
    one.name = section->get_text();
    one.rule = section->get_text();
    out.definitions.push_back(std::move(one));
    out.sets.push_back(CustomerSet::load(*section));
  }
  if (const Result<void> done = section->finish(); !done) return done.error();
  return out;
}

}  // namespace emptor
