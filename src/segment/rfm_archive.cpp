// Accumulators and thresholds of RFM as archives.

#include <algorithm>

#include "emptor/core/archive.hpp"
#include "segment/rfm_scoring.hpp"

namespace emptor {

namespace {

constexpr std::int64_t seconds(Time time) noexcept {
  return time.time_since_epoch().count();
}
Time get_time(SectionReader& section) {
  return Time{std::chrono::seconds{section.get<std::int64_t>()}};
}

void put_options(SectionWriter& section, const RfmOptions& options) {
  section.put(options.as_of.has_value());
  section.put(options.as_of ? seconds(*options.as_of) : 0);
  section.put(seconds(options.window.from));
  section.put(seconds(options.window.to));
  section.put(options.refunds);
  section.put(options.free_lines);
  section.put(std::int32_t{options.bins});
  section.put(options.ties);
  section.put_array(options.recency_cuts);
  section.put_array(options.frequency_cuts);
  section.put_array(options.monetary_cuts);
  section.put(options.recency_weight);
  section.put(options.frequency_weight);
  section.put(options.monetary_weight);
}

RfmOptions get_options(SectionReader& section) {
  RfmOptions options;
  const bool dated = section.get<bool>();
  const Time as_of = get_time(section);
  if (dated) options.as_of = as_of;
  options.window.from = get_time(section);
  options.window.to = get_time(section);
  options.refunds = section.get_enum(RfmRefunds::ignore);
  options.free_lines = section.get<bool>();
  options.bins = section.get<std::int32_t>();
  options.ties = section.get_enum(RfmTies::fixed);
  options.recency_cuts = section.get_array<std::int64_t>();
  options.frequency_cuts = section.get_array<std::int64_t>();
  options.monetary_cuts = section.get_array<std::int64_t>();
  options.recency_weight = section.get<double>();
  options.frequency_weight = section.get<double>();
  options.monetary_weight = section.get<double>();
  if (section.ok()) {
    try {
      detail::check_rfm_options(options);
    } catch (const Exception&) {
      section.require(false, "options out of range");
    }
  }
  return options;
}

std::optional<Currency> currency_of(std::string_view code) {
  try {
    return Currency(code);
  } catch (const Exception&) {
    return std::nullopt;
  }
}

/// One member of all states as an array.
template <class Get>
void put_column(SectionWriter& section, std::span<const RfmState> states, Get get) {
  std::vector<decltype(get(RfmState{}))> column;
  column.reserve(states.size());
  for (const RfmState& state : states) column.push_back(get(state));
  section.put_array(column);
}

void put_ends(SectionWriter& section, const std::vector<RfmThreshold>& ends) {
  section.put(std::uint64_t{ends.size()});
  for (const RfmThreshold& end : ends) {
    section.put(end.value);
    section.put(end.first_line);
  }
}

std::vector<RfmThreshold> get_ends(SectionReader& section, int bins) {
  const auto count = section.get<std::uint64_t>();
  section.require(count == 0 || count + 1 == static_cast<std::uint64_t>(bins),
                  "as many ends as bins less one expected");
  std::vector<RfmThreshold> ends;
  while (section.ok() && ends.size() < count) {
    const auto value = section.get<std::int64_t>();
    ends.push_back({.value = value, .first_line = section.get<std::uint64_t>()});
  }
  const auto before = [](const RfmThreshold& a, const RfmThreshold& b) {
    return a.value < b.value || (a.value == b.value && a.first_line < b.first_line);
  };
  section.require(std::is_sorted(ends.begin(), ends.end(), before), "ends out of order");
  return ends;
}

}  // namespace

std::vector<std::byte> RfmAccumulator::save() const {
  ArchiveWriter writer("rfm", 1);
  SectionWriter& options = writer.section("options");
  put_options(options, options_);
  options.put_text(currency_.code());
  options.put(std::int32_t{price_scale_});

  // Room that was made for customers and orders who turned out to be nobody's is not state.
  std::size_t customers = states_.size();
  while (customers > 0 && states_[customers - 1] == RfmState{}) --customers;
  std::size_t orders = order_customers_.size();
  while (orders > 0 && order_customers_[orders - 1] == no_customer) --orders;

  SectionWriter& states = writer.section("states");
  states.put(latest_);
  for (const std::uint64_t count :
       {counts_.lines, counts_.purchases, counts_.refunds, counts_.free_lines, counts_.anonymous,
        counts_.after_as_of, counts_.outside_window}) {
    states.put(count);
  }
  const std::span<const RfmState> kept(states_.data(), customers);
  put_column(states, kept, [](const RfmState& s) { return s.monetary; });
  put_column(states, kept, [](const RfmState& s) { return s.last_purchase; });
  put_column(states, kept, [](const RfmState& s) { return s.first_line; });
  put_column(states, kept, [](const RfmState& s) { return s.orders; });
  put_column(states, kept, [](const RfmState& s) { return s.refunds; });

  // Of an order that several share, who was seen first depends on the order of lines: the smallest
  // stands for it here.
  std::vector<std::uint64_t> shared(shared_orders_.begin(), shared_orders_.end());
  std::sort(shared.begin(), shared.end());
  std::vector<Customer> firsts(order_customers_.begin(),
                               order_customers_.begin() + static_cast<std::ptrdiff_t>(orders));
  for (std::uint64_t& pair : shared) {
    Customer& first = firsts[pair >> 32];
    const auto other = id_at<Customer>(pair & 0xffffffffU);
    if (index(other) < index(first)) {
      pair = (pair >> 32) << 32 | index(first);
      first = other;
    }
  }
  std::sort(shared.begin(), shared.end());
  SectionWriter& section = writer.section("orders");
  section.put_array(firsts);
  section.put_array(shared);
  return std::move(writer).finish();
}

Result<RfmAccumulator> RfmAccumulator::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "rfm", 1);
  if (!reader) return reader.error();
  Result<SectionReader> options = reader->section("options");
  if (!options) return options.error();
  const RfmOptions chosen = get_options(*options);
  const std::string code = options->get_text();
  const auto scale = options->get<std::int32_t>();
  options->require(scale >= 0 && scale <= max_price_scale, "a price scale out of range");
  const std::optional<Currency> currency = currency_of(code);
  options->require(currency.has_value(), "a currency that is none");
  if (Result<void> done = options->finish(); !done) return done.error();
  RfmAccumulator out(chosen, *currency, scale);

  Result<SectionReader> states = reader->section("states");
  if (!states) return states.error();
  out.latest_ = states->get<std::int64_t>();
  for (std::uint64_t* count :
       {&out.counts_.lines, &out.counts_.purchases, &out.counts_.refunds, &out.counts_.free_lines,
        &out.counts_.anonymous, &out.counts_.after_as_of, &out.counts_.outside_window}) {
    *count = states->get<std::uint64_t>();
  }
  const auto monetary = states->get_array<std::int64_t>();
  const auto last = states->get_array<std::int64_t>();
  const auto first_line = states->get_array<std::uint64_t>();
  const auto orders = states->get_array<std::uint32_t>();
  const auto refunds = states->get_array<std::uint32_t>();
  const std::size_t m = monetary.size();
  states->require(
      last.size() == m && first_line.size() == m && orders.size() == m && refunds.size() == m,
      "columns of different length");
  if (Result<void> done = states->finish(); !done) return done.error();
  out.states_.resize(m);
  for (std::size_t c = 0; c < m; ++c) {
    out.states_[c] = {monetary[c], last[c], first_line[c], orders[c], refunds[c]};
    states->require(orders[c] == 0 || last[c] <= out.latest_, "a purchase after the latest line");
  }
  if (Result<void> done = states->finish(); !done) return done.error();

  Result<SectionReader> section = reader->section("orders");
  if (!section) return section.error();
  out.order_customers_ = section->get_array<Customer>();
  const auto shared = section->get_array<std::uint64_t>();
  for (const Customer customer : out.order_customers_) {
    section->require(customer == no_customer || index(customer) < m, "an order of nobody");
  }
  section->require(std::is_sorted(shared.begin(), shared.end()), "shared orders out of order");
  for (const std::uint64_t pair : shared) {
    const std::size_t order = pair >> 32;
    section->require(order < out.order_customers_.size() && (pair & 0xffffffffU) < m &&
                         out.order_customers_[order] != no_customer &&
                         out.order_customers_[order] != id_at<Customer>(pair & 0xffffffffU),
                     "a shared order of nobody");
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  out.shared_orders_.insert(shared.begin(), shared.end());
  return out;
}

std::vector<std::byte> save_rfm_thresholds(const RfmThresholds& thresholds) {
  ArchiveWriter writer("rfm-thresholds", 1);
  SectionWriter& section = writer.section("thresholds");
  section.put(std::int32_t{thresholds.bins});
  put_ends(section, thresholds.recency);
  put_ends(section, thresholds.frequency);
  put_ends(section, thresholds.monetary);
  return std::move(writer).finish();
}

Result<RfmThresholds> load_rfm_thresholds(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "rfm-thresholds", 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("thresholds");
  if (!section) return section.error();
  RfmThresholds out;
  out.bins = section->get<std::int32_t>();
  section->require(out.bins >= 2 && out.bins <= 20, "bins out of range");
  out.recency = get_ends(*section, out.bins);
  out.frequency = get_ends(*section, out.bins);
  out.monetary = get_ends(*section, out.bins);
  section->require(
      out.recency.size() == out.frequency.size() && out.recency.size() == out.monetary.size(),
      "ends of some measures alone");
  if (Result<void> done = section->finish(); !done) return done.error();
  return out;
}

}  // namespace emptor
