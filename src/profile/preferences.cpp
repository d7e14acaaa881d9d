#include "emptor/profile/preferences.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "emptor/core/error.hpp"
#include "profile/preference_cells.hpp"

namespace emptor {

namespace {

constexpr std::array<PreferenceDimension, preference_dimensions> all_dimensions = {
    PreferenceDimension::channel,    PreferenceDimension::category, PreferenceDimension::brand,
    PreferenceDimension::price_band, PreferenceDimension::hour,     PreferenceDimension::weekday};

void check(const PreferenceOptions& options) {
  const double half_life = options.half_life_days.value_or(1);
  require_option(half_life > 0 && std::isfinite(half_life), "half_life_days", "finite and > 0",
                 half_life);
  require_option(options.strength >= 0 && std::isfinite(options.strength), "strength",
                 "finite and >= 0", options.strength);
  const std::vector<std::int64_t>& edges = options.price_edges;
  const bool ascending =
      std::adjacent_find(edges.begin(), edges.end(), std::greater_equal<>{}) == edges.end();
  require_option(ascending, "price_edges", "ascending", text(edges.size(), " that are not"));
}

double share_log(double share) noexcept {
  return share > 0 ? share * std::log(share) : 0;
}

double unfaded(detail::int128 weight) noexcept {
  return std::ldexp(static_cast<double>(weight), -detail::fade_bits);
}

}  // namespace

PreferenceTotals::PreferenceTotals(PreferenceOptions options, Time as_of)
    : options_(std::move(options)), as_of_(as_of) {
  check(options_);
}

void PreferenceTotals::add(std::span<const FeatureEvent> lines,
                           std::span<const CustomerEvent> events) {
  change(lines, events, 1);
}

void PreferenceTotals::remove(std::span<const FeatureEvent> lines,
                              std::span<const CustomerEvent> events) {
  detail::PreferenceCells cells(options_, as_of_, lines, events);
  for (const PreferenceDimension dimension : all_dimensions) {
    const auto& weights = weights_[static_cast<std::size_t>(dimension)];
    for (const detail::PreferenceCell& cell : cells.of(dimension)) {
      if (cell.value < weights.size() && weights[cell.value] >= cell.weight) continue;
      throw Exception(ErrorCode::not_found, "not all of these have been added", "PreferenceTotals");
    }
  }
  change(lines, events, -1);
}

void PreferenceTotals::change(std::span<const FeatureEvent> lines,
                              std::span<const CustomerEvent> events, int sign) {
  detail::PreferenceCells cells(options_, as_of_, lines, events);
  for (const PreferenceDimension dimension : all_dimensions) {
    auto& weights = weights_[static_cast<std::size_t>(dimension)];
    const auto changes = cells.of(dimension);
    if (!changes.empty() && changes.back().value >= weights.size()) {
      weights.resize(std::size_t{changes.back().value} + 1, 0);
    }
    for (const detail::PreferenceCell& cell : changes) weights[cell.value] += sign * cell.weight;
    while (!weights.empty() && weights.back() == 0) weights.pop_back();
  }
  for (const FeatureEvent& line : lines) {
    if (line.is_refund() || line.time > as_of_) continue;
    lines_ += static_cast<std::uint64_t>(sign);
    line_weight_ += detail::int128{sign} * detail::preference_weight(options_.weight, line);
  }
}

void PreferenceTotals::merge(const PreferenceTotals& other) {
  if (other.options_ != options_ || other.as_of_ != as_of_) {
    throw Exception(ErrorCode::invalid_value,
                    "totals of other options or another instant cannot be merged",
                    "PreferenceTotals");
  }
  for (std::size_t d = 0; d < preference_dimensions; ++d) {
    const std::size_t values = other.weights_[d].size();
    if (weights_[d].size() < values) weights_[d].resize(values, 0);
    for (std::size_t v = 0; v < values; ++v) weights_[d][v] += other.weights_[d][v];
  }
  lines_ += other.lines_;
  line_weight_ += other.line_weight_;
}

PreferencePrior PreferenceTotals::prior() const {
  PreferencePrior out;
  out.options_ = options_;
  out.as_of_ = as_of_;
  const double typical = lines_ == 0
                             ? static_cast<double>(detail::line_hundredths)
                             : static_cast<double>(line_weight_) / static_cast<double>(lines_);
  out.mass_ = options_.strength * typical;
  for (std::size_t d = 0; d < preference_dimensions; ++d) {
    PreferencePrior::Axis& axis = out.axes_[d];
    detail::int128 all = 0;
    for (const detail::int128 weight : weights_[d]) all += weight;
    for (std::size_t v = 0; v < weights_[d].size(); ++v) {
      const double share = static_cast<double>(weights_[d][v]) / static_cast<double>(all);
      axis.shares.push_back(share);
      axis.logs += share_log(share);
      if (share > 0) axis.ranked.push_back(static_cast<std::uint32_t>(v));
    }
    std::stable_sort(axis.ranked.begin(), axis.ranked.end(), [&](std::uint32_t a, std::uint32_t b) {
      return axis.shares[a] > axis.shares[b];
    });
  }
  return out;
}

CustomerPreferences PreferencePrior::of(std::span<const FeatureEvent> lines,
                                        std::span<const CustomerEvent> events) const {
  CustomerPreferences out;
  detail::PreferenceCells cells(options_, as_of_, lines, events);
  for (const PreferenceDimension dimension : all_dimensions) {
    const Axis& axis = axes_[static_cast<std::size_t>(dimension)];
    Preference& part = out.dimensions[static_cast<std::size_t>(dimension)];
    const auto own = cells.of(dimension);
    detail::int128 weight = 0;
    for (const detail::PreferenceCell& cell : own) weight += cell.weight;
    part.weight = unfaded(weight);
    const double mass = axis.ranked.empty() ? 0 : mass_;
    const double all = part.weight + mass;
    // Where there is neither, the shop's shares stand alone.
    const double lean = all > 0 ? mass / all : 1;
    part.confidence = all > 0 ? part.weight / all : 0;

    part.begin = part.end = out.values.size();
    std::size_t others = axis.ranked.size();  // values of the shop that the customer has not
    double others_share = 1;
    double others_logs = axis.logs;
    for (const detail::PreferenceCell& cell : own) {
      const double observed = static_cast<double>(cell.weight) / static_cast<double>(weight);
      const double prior = cell.value < axis.shares.size() ? axis.shares[cell.value] : 0;
      const double share = (1 - lean) * observed + lean * prior;
      out.values.push_back({cell.value, unfaded(cell.weight), share, observed});
      ++part.end;
      part.loyalty = std::max(part.loyalty, observed);
      part.entropy -= share_log(share);
      others -= prior > 0 ? 1 : 0;
      others_share -= prior;
      others_logs -= share_log(prior);
    }
    const std::size_t kinds = own.size() + others;
    if (others > 0 && lean > 0) {
      part.entropy -= lean * (std::log(lean) * std::max(0.0, others_share) + others_logs);
    }
    part.entropy = std::max(0.0, part.entropy);
    if (kinds > 1) part.evenness = std::min(1.0, part.entropy / std::log(kinds));

    const auto values = std::span(out.values).subspan(part.begin);
    const auto has = [&](std::uint32_t value) {  // still ascending by value
      const auto at =
          std::lower_bound(values.begin(), values.end(), value,
                           [](const PreferredValue& a, std::uint32_t b) { return a.value < b; });
      return at != values.end() && at->value == value;
    };
    for (const std::uint32_t value : axis.ranked) {
      if (has(value)) continue;
      part.top = value;
      part.top_share = lean * axis.shares[value];
      break;
    }
    std::sort(values.begin(), values.end(), [](const PreferredValue& a, const PreferredValue& b) {
      return a.share != b.share ? a.share > b.share : a.value < b.value;
    });
    if (!values.empty() && (!part.top || values[0].share > part.top_share ||
                            (values[0].share == part.top_share && values[0].value < *part.top))) {
      part.top = values[0].value;
      part.top_share = values[0].share;
    }
  }
  return out;
}

}  // namespace emptor
