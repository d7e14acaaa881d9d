#include "emptor/referral/advocate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/core/archive.hpp"
#include "referral/map_logistic.hpp"

namespace emptor {

namespace {

constexpr std::string_view archive_kind = "advocate-book";
constexpr std::int64_t latest = std::int64_t{1} << 40;
constexpr std::int64_t seconds_a_day = 86'400;

double logistic(double log_odds) noexcept {
  return 1 / (1 + std::exp(-log_odds));
}

std::int64_t clamped(Time now) noexcept {
  return std::clamp(std::int64_t{now.time_since_epoch().count()}, -latest, latest);
}

double fresh(std::int64_t told, std::int64_t now, double half_life) noexcept {
  return std::exp2(-static_cast<double>(now - told) / (half_life * seconds_a_day));
}

void check_weights(const AdvocateWeights& weights) {
  const auto within = [](double value) { return value >= -20 && value <= 20; };
  require_option(within(weights.base), "base", "in [-20, 20]", weights.base);
  for (const double weight : weights.weight) {
    require_option(within(weight), "weight", "in [-20, 20]", weight);
  }
}

void check_options(const AdvocateOptions& options) {
  check_weights(options.weights);
  for (const double days : options.half_life) {
    require_option(days > 0 && days <= 36'500, "half_life", "in (0, 36500] days", days);
  }
  for (const auto& [days, name] :
       {std::pair(options.ask_again, "ask_again"), std::pair(options.quiet, "quiet")}) {
    require_option(days.count() >= 0 && days.count() <= 36'500, name, "in [0, 36500] days",
                   days.count());
  }
  require_option(options.ask_from >= 0 && options.ask_from <= 1, "ask_from", "in [0, 1]",
                 options.ask_from);
}

}  // namespace

AdvocateBook::AdvocateBook(const AdvocateOptions& options) : options_(options) {
  check_options(options);
}

void AdvocateBook::set_weights(const AdvocateWeights& weights) {
  check_weights(weights);
  options_.weights = weights;
}

AdvocateBook::State& AdvocateBook::state(Customer customer, Time time) {
  const std::int64_t seconds = time.time_since_epoch().count();
  if (customer == no_customer || seconds < -latest || seconds > latest) {
    throw Exception(ErrorCode::invalid_value,
                    "there must be a customer and a time within 2^40 seconds of 1970",
                    "AdvocateBook");
  }
  if (index(customer) >= states_.size()) states_.resize(index(customer) + 1);
  return states_[index(customer)];
}

void AdvocateBook::tell(Customer customer, AdvocateTrigger trigger, Time time) {
  if (static_cast<std::size_t>(trigger) >= advocate_triggers) {
    throw Exception(ErrorCode::invalid_value, "a trigger that does not exist", "AdvocateBook");
  }
  std::int64_t& told = state(customer, time).told[static_cast<std::size_t>(trigger)];
  told = std::max(told, std::int64_t{time.time_since_epoch().count()});
}
void AdvocateBook::complained(Customer customer, Time time) {
  std::int64_t& told = state(customer, time).complained;
  told = std::max(told, std::int64_t{time.time_since_epoch().count()});
}
void AdvocateBook::asked(Customer customer, Time time) {
  std::int64_t& told = state(customer, time).asked;
  told = std::max(told, std::int64_t{time.time_since_epoch().count()});
}

double AdvocateBook::log_odds(const State& state, std::int64_t now) const noexcept {
  double sum = options_.weights.base;
  for (std::size_t t = 0; t < advocate_triggers; ++t) {
    if (state.told[t] == never || state.told[t] > now) continue;
    sum += options_.weights.weight[t] * fresh(state.told[t], now, options_.half_life[t]);
  }
  return sum;
}

std::pair<std::int64_t, AskAdvice> AdvocateBook::allowed(const State& state,
                                                         std::int64_t now) const noexcept {
  const auto until = [&](std::int64_t since, std::chrono::days span) {
    return since == never || since > now ? now : since + span.count() * seconds_a_day;
  };
  const std::int64_t asked = until(state.asked, options_.ask_again);
  const std::int64_t complained = until(state.complained, options_.quiet);
  if (complained > now && complained >= asked) return {complained, AskAdvice::complained};
  if (asked > now) return {asked, AskAdvice::asked_lately};
  return {now, AskAdvice::ask};
}

AdvocateScore AdvocateBook::score(Customer customer, Time now) const {
  static const State nothing;
  const State& state = index(customer) < states_.size() ? states_[index(customer)] : nothing;
  const std::int64_t seconds = clamped(now);
  AdvocateScore out{.customer = customer, .base = options_.weights.base};
  for (std::size_t t = 0; t < advocate_triggers; ++t) {
    if (state.told[t] == never || state.told[t] > seconds) continue;
    const double freshness = fresh(state.told[t], seconds, options_.half_life[t]);
    out.reasons.push_back({.trigger = static_cast<AdvocateTrigger>(t),
                           .time = Time{std::chrono::seconds{state.told[t]}},
                           .freshness = freshness,
                           .contribution = options_.weights.weight[t] * freshness});
  }
  out.log_odds = log_odds(state, seconds);
  out.score = logistic(out.log_odds);
  const auto [at, advice] = allowed(state, seconds);
  out.advice = advice;
  if (advice == AskAdvice::ask && out.score < options_.ask_from) out.advice = AskAdvice::too_cold;
  out.ask_at = Time{std::chrono::seconds{at}};
  out.score_then = at == seconds ? out.score : logistic(log_odds(state, at));
  return out;
}

std::vector<AdvocateScore> AdvocateBook::who_to_ask(Time now, std::size_t k) const {
  const std::int64_t seconds = clamped(now);
  std::vector<std::pair<double, std::uint32_t>> found;  // minus score, customer
  for (std::size_t c = 0; c < states_.size(); ++c) {
    if (allowed(states_[c], seconds).second != AskAdvice::ask) continue;
    const double score = logistic(log_odds(states_[c], seconds));
    if (score >= options_.ask_from) found.emplace_back(-score, static_cast<std::uint32_t>(c));
  }
  k = std::min(k, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(k), found.end());
  std::vector<AdvocateScore> out;
  for (std::size_t i = 0; i < k; ++i) out.push_back(score(Customer{found[i].second}, now));
  return out;
}

std::array<double, advocate_triggers> AdvocateBook::freshness(Customer customer, Time now) const {
  std::array<double, advocate_triggers> out{};
  for (const AdvocateReason& reason : score(customer, now).reasons) {
    out[static_cast<std::size_t>(reason.trigger)] = reason.freshness;
  }
  return out;
}

std::vector<std::byte> AdvocateBook::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& options = writer.section("options");
  options.put(options_.weights.base);
  for (const double weight : options_.weights.weight) options.put(weight);
  for (const double days : options_.half_life) options.put(days);
  options.put(static_cast<std::int32_t>(options_.ask_again.count()));
  options.put(static_cast<std::int32_t>(options_.quiet.count()));
  options.put(options_.ask_from);
  std::vector<std::int64_t> times;
  for (const State& state : states_) {
    times.insert(times.end(), state.told.begin(), state.told.end());
    times.push_back(state.complained);
    times.push_back(state.asked);
  }
  writer.section("customers").put_array(times);
  return std::move(writer).finish();
}

Result<AdvocateBook> AdvocateBook::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("options");
  if (!section) return section.error();
  AdvocateOptions options;
  options.weights.base = section->get<double>();
  for (double& weight : options.weights.weight) weight = section->get<double>();
  for (double& days : options.half_life) days = section->get<double>();
  options.ask_again = std::chrono::days{section->get<std::int32_t>()};
  options.quiet = std::chrono::days{section->get<std::int32_t>()};
  options.ask_from = section->get<double>();
  if (Result<void> done = section->finish(); !done) return done.error();
  AdvocateBook book;
  try {
    book = AdvocateBook(options);
  } catch (const Exception& error) {
    return Error{ErrorCode::corrupt, error.error().message, "advocate-book/options"};
  }
  Result<SectionReader> customers = reader->section("customers");
  if (!customers) return customers.error();
  constexpr std::size_t columns = advocate_triggers + 2;
  const auto times = customers->get_array<std::int64_t>();
  customers->require(times.size() % columns == 0 && times.size() / columns <= max_ids,
                     "times that fill no whole customers");
  for (const std::int64_t time : times) {
    customers->require(time == never || (time >= -latest && time <= latest), "an impossible time");
  }
  if (Result<void> done = customers->finish(); !done) return done.error();
  book.states_.resize(times.size() / columns);
  for (std::size_t c = 0; c < book.states_.size(); ++c) {
    const std::int64_t* from = times.data() + c * columns;
    std::copy_n(from, advocate_triggers, book.states_[c].told.begin());
    book.states_[c].complained = from[advocate_triggers];
    book.states_[c].asked = from[advocate_triggers + 1];
  }
  return book;
}

Result<FittedAdvocateWeights> fit_advocate_weights(std::span<const AdvocateAsk> asks,
                                                   const AdvocateWeights& prior,
                                                   const AdvocateFitOptions& options,
                                                   const Context& context) {
  check_weights(prior);
  require_option(options.prior_deviation > 0 && std::isfinite(options.prior_deviation),
                 "prior_deviation", "> 0 and finite", options.prior_deviation);
  require_option(options.min_asks >= 1, "min_asks", ">= 1", options.min_asks);
  require_option(options.min_each >= 1, "min_each", ">= 1", options.min_each);
  detail::LogisticPatterns patterns;
  patterns.columns = advocate_triggers + 1;
  std::uint64_t referred = 0;
  for (const AdvocateAsk& ask : asks) {
    patterns.values.push_back(1);
    for (const double value : ask.freshness) {
      if (!(value >= 0 && value <= 1)) {
        return Error{ErrorCode::invalid_value, text("a freshness is in [0, 1], got ", value),
                     "fit_advocate_weights"};
      }
      patterns.values.push_back(value);
    }
    patterns.yes.push_back(ask.referred ? 1 : 0);
    patterns.no.push_back(ask.referred ? 0 : 1);
    referred += ask.referred ? 1 : 0;
  }
  const std::uint64_t others = asks.size() - referred;
  if (asks.size() < options.min_asks || referred < options.min_each || others < options.min_each) {
    return Error{
        ErrorCode::invalid_value,
        text("too few asks to change weights: ", referred, " referred and ", others,
             " did not, of at least ", options.min_asks, ", ", options.min_each, " of each"),
        "fit_advocate_weights"};
  }
  std::vector<double> mean{prior.base};
  mean.insert(mean.end(), prior.weight.begin(), prior.weight.end());
  const std::vector<double> deviation(mean.size(), options.prior_deviation);
  const detail::MapLogisticFit fit = detail::fit_map_logistic(patterns, mean, deviation, context);
  FittedAdvocateWeights out;
  out.report = {.asks = asks.size(),
                .referred = referred,
                .log_loss_before = fit.loss_before,
                .log_loss_after = fit.loss_after,
                .iterations = fit.iterations,
                .converged = fit.converged};
  for (std::size_t j = 0; j < mean.size(); ++j) {
    const double after = std::clamp(fit.at[j], -20.0, 20.0);
    (j == 0 ? out.weights.base : out.weights.weight[j - 1]) = after;
    const std::string_view of = j == 0 ? "base" : name(static_cast<AdvocateTrigger>(j - 1));
    out.report.weights.push_back({.name = std::string(of),
                                  .before = mean[j],
                                  .after = after,
                                  .standard_error = fit.standard_error[j]});
  }
  return out;
}

}  // namespace emptor
