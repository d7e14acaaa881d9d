#include "score/label_features.hpp"

#include <algorithm>
#include <limits>

#include "emptor/core/error.hpp"
#include "emptor/profile/customer_columns.hpp"
#include "score/label_outcome.hpp"

namespace emptor::detail {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

TimeWindow window_of(int days, Time as_of, UtcOffset offset) {
  return days == 0 ? TimeWindow{} : trailing_window(as_of, days, offset);
}

double days_between(Time from, Time to) noexcept {
  return static_cast<double>((to - from).count()) / 86400;
}

void add_contracts(const CustomerPast& past, std::vector<double>& out) {
  const Time as_of = past.date - std::chrono::seconds{1};
  const Cover cover = cover_at(past.contracts, as_of, std::chrono::seconds{0});
  const bool covered = cover.start < Time::max();
  out.push_back(static_cast<double>(past.contracts.size()));
  out.push_back(covered ? days_between(cover.start, past.date) : unknown);
  out.push_back(covered && cover.end < Time::max() ? days_between(past.date, cover.end) : unknown);
}

}  // namespace

LabelColumns::LabelColumns(const LearningFeatures& features, const CustomerFacts& facts)
    : features_(features), facts_(facts) {
  for (std::size_t w = 0; w < features.windows.size(); ++w) {
    const int days = features.windows[w];
    require_option(days >= 0 && days <= 100'000, "windows", "in [0, 100,000] days", days);
    const auto before = features.windows.begin() + static_cast<std::ptrdiff_t>(w);
    require_option(std::find(features.windows.begin(), before, days) == before, "windows",
                   "all different", days);
    window_names_.push_back(days == 0 ? std::string() : text(days, " days"));
  }
  require_option(features.own_names.empty() || features.own, "own", "a function when it has names",
                 features.own_names.size());
  if (facts.orders != nullptr && !window_names_.empty()) {
    const std::vector<FeatureTable> empty(window_names_.size());
    names_ = profile_columns(named(empty), nullptr).names;
  }
  of_orders_ = names_.size();
  for (const EventKind kind : features.events) {
    for (const std::string& window : window_names_) {
      names_.push_back(window.empty() ? std::string(name(kind)) : text(name(kind), ' ', window));
    }
    names_.push_back(text("days since ", name(kind)));
  }
  if (features.contracts) {
    for (const char* what : {"contracts", "days covered", "days to end"}) {
      names_.emplace_back(what);
    }
  }
  names_.insert(names_.end(), features.own_names.begin(), features.own_names.end());
  std::vector<std::string> sorted(names_);
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    throw Exception(ErrorCode::invalid_value, text("two columns '", *twice, "'"), "learning_set");
  }
  for (const std::string& wanted : features.columns) {
    const auto at = std::find(names_.begin(), names_.end(), wanted);
    if (at == names_.end()) {
      throw Exception(ErrorCode::not_found, text("no column '", wanted, "'"), "learning_set");
    }
    kept_.push_back(static_cast<std::size_t>(at - names_.begin()));
  }
  for (std::size_t c = 0; features.columns.empty() && c < names_.size(); ++c) kept_.push_back(c);
}

std::vector<NamedFeatures> LabelColumns::named(std::span<const FeatureTable> tables) const {
  std::vector<NamedFeatures> out;
  for (std::size_t w = 0; w < tables.size(); ++w) out.push_back({window_names_[w], &tables[w]});
  return out;
}

ScoreSchema LabelColumns::schema() const {
  std::vector<ScoreColumn> columns;
  for (const std::size_t c : kept_) columns.emplace_back().name = names_[c];
  return ScoreSchema(std::move(columns));
}

void LabelColumns::begin(Room& room) const {
  room.rest.clear();
  room.tables.resize(of_orders_ == 0 ? 0 : window_names_.size());
  for (FeatureTable& table : room.tables) {
    table.price_scale = facts_.orders->price_scale();
    table.customers.clear();
  }
}

void LabelColumns::add(Room& room, const CustomerPast& past) const {
  const Time as_of = past.date - std::chrono::seconds{1};
  for (std::size_t w = 0; w < room.tables.size(); ++w) {
    const TimeWindow window = window_of(features_.windows[w], as_of, facts_.offset);
    const auto begin =
        std::partition_point(past.lines.begin(), past.lines.end(),
                             [&](const FeatureEvent& line) { return line.time < window.from; });
    room.tables[w].customers.push_back(
        room.summary.of({begin, past.lines.end()}, as_of, facts_.offset));
  }
  for (const EventKind kind : features_.events) {
    const auto of_kind = [&](const CustomerEvent& event) { return event.kind == kind; };
    for (const int days : features_.windows) {
      const TimeWindow window = window_of(days, as_of, facts_.offset);
      const auto begin = std::partition_point(
          past.events.begin(), past.events.end(),
          [&](const CustomerEvent& event) { return event.time < window.from; });
      room.rest.push_back(static_cast<double>(std::count_if(begin, past.events.end(), of_kind)));
    }
    const auto last = std::find_if(past.events.rbegin(), past.events.rend(), of_kind);
    room.rest.push_back(last == past.events.rend() ? unknown : days_between(last->time, past.date));
  }
  if (features_.contracts) add_contracts(past, room.rest);
  if (!features_.own_names.empty()) {
    const std::size_t first = room.rest.size();
    room.rest.resize(first + features_.own_names.size(), unknown);
    features_.own(past, std::span(room.rest).subspan(first));
  }
}

void LabelColumns::put(const Room& room, Matrix<float>& to, std::size_t first) const {
  CustomerColumns orders;
  if (of_orders_ > 0) orders = profile_columns(named(room.tables), nullptr);
  const std::size_t others = names_.size() - of_orders_;
  const std::size_t rows = of_orders_ > 0 ? orders.values.rows()
                           : others > 0   ? room.rest.size() / others
                                          : 0;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < kept_.size(); ++c) {
      const std::size_t from = kept_[c];
      to(first + r, c) = static_cast<float>(
          from < of_orders_ ? orders.values(r, from) : room.rest[r * others + from - of_orders_]);
    }
  }
}

}  // namespace emptor::detail
