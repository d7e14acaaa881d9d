#include "emptor/score/ftrl.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/math/special_functions.hpp"

namespace emptor {

namespace {

double loss_of(double p, double target) noexcept {
  constexpr double least = 1e-15;
  return -std::log(std::max(target > 0 ? p : 1 - p, least));
}

void require_ftrl(const FtrlOptions& options) {
  const auto sound = [](double value) { return value >= 0 && std::isfinite(value); };
  require_option(sound(options.rate) && options.rate > 0, "rate", "> 0 and finite", options.rate);
  require_option(sound(options.smoothing) && options.smoothing > 0, "smoothing", "> 0 and finite",
                 options.smoothing);
  require_option(sound(options.l1), "l1", ">= 0 and finite", options.l1);
  require_option(sound(options.l2), "l2", ">= 0 and finite", options.l2);
  require_option(options.bits <= 26, "bits", "at most 26", options.bits);
  require_option(options.window >= 1 && options.window <= 1U << 24U, "window", "in [1, 2^24]",
                 options.window);
}

}  // namespace

FtrlModel::FtrlModel(ScoreSchema schema, const FtrlOptions& options)
    : schema_(std::move(schema)), options_(options) {
  require_ftrl(options);
  std::size_t size = 1;  // 0: the intercept
  for (const ScoreColumn& column : schema_.columns()) {
    first_.push_back(size);
    size += 1 + (column.kind == ScoreColumnKind::number ? 1 : column.categories.size());
  }
  first_.push_back(size);
  if (options.bits > 0) size += std::size_t{1} << options.bits;
  coordinates_.resize(size);
  scales_.resize(schema_.size());
  predicted_.resize(options.window);
  targets_.resize(options.window);
}

double FtrlModel::weight(const Coordinate& at) const noexcept {
  if (std::fabs(at.z) <= options_.l1) return 0;
  return -(at.z - std::copysign(options_.l1, at.z)) /
         ((options_.smoothing + std::sqrt(at.n)) / options_.rate + options_.l2);
}

template <class Visit>
void FtrlModel::each(std::span<const float> row, std::span<const std::uint64_t> hashed,
                     Visit&& visit) const noexcept {
  visit(std::size_t{0}, 1.0);
  for (std::size_t c = 0; c < scales_.size(); ++c) {
    const float x = row[c];
    if (schema_[c].kind == ScoreColumnKind::category) {
      const bool known = x >= 0 && x < static_cast<float>(schema_[c].categories.size());
      visit(first_[c] + (known ? 1 + static_cast<std::size_t>(x) : 0), 1.0);
    } else if (!std::isfinite(x)) {
      visit(first_[c], 1.0);
    } else {
      const Scale& scale = scales_[c];
      const double deviation = std::sqrt(scale.square / std::max(scale.count, 1.0));
      if (!(deviation > 0)) continue;
      visit(first_[c] + 1, std::clamp((double{x} - scale.mean) / deviation, -10.0, 10.0));
    }
  }
  if (options_.bits == 0) return;
  for (const std::uint64_t hash : hashed) {
    visit(first_.back() +
              static_cast<std::size_t>(hash * 0x9E3779B97F4A7C15U >> (64U - options_.bits)),
          1.0);
  }
}

double FtrlModel::score(std::span<const float> row,
                        std::span<const std::uint64_t> hashed) const noexcept {
  double sum = 0;
  each(row, hashed, [&](std::size_t at, double value) { sum += weight(coordinates_[at]) * value; });
  return logistic(sum);
}

double FtrlModel::learn(std::span<const float> row, double target,
                        std::span<const std::uint64_t> hashed) {
  if (row.size() != schema_.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a row of ", schema_.size(), " values, got ", row.size()),
                    "FtrlModel::learn");
  }
  bool infinite = false;
  for (const float value : row) infinite = infinite || std::isinf(value);
  if (infinite || (target != 0 && target != 1)) {
    throw Exception(
        ErrorCode::invalid_value,
        infinite ? "a number must be finite, or NaN for missing" : "a target must be 0 or 1",
        "FtrlModel::learn");
  }
  const double p = score(row, hashed);
  each(row, hashed, [&](std::size_t at, double value) {
    Coordinate& own = coordinates_[at];
    const double gradient = (p - target) * value;
    const double square = gradient * gradient;
    const double rate = (std::sqrt(own.n + square) - std::sqrt(own.n)) / options_.rate;
    own.z += gradient - rate * weight(own);
    own.n += square;
  });
  for (std::size_t c = 0; c < scales_.size(); ++c) {
    if (schema_[c].kind != ScoreColumnKind::number || std::isnan(row[c])) continue;
    Scale& scale = scales_[c];
    const double gap = double{row[c]} - scale.mean;
    scale.count += 1;
    scale.mean += gap / scale.count;
    scale.square += gap * (double{row[c]} - scale.mean);
  }
  const auto place = static_cast<std::size_t>(rows_ % options_.window);
  predicted_[place] = p;
  targets_[place] = target;
  loss_ += loss_of(p, target);
  ++rows_;
  return p;
}

FtrlProgress FtrlModel::progress() const {
  FtrlProgress out;
  out.rows = rows_;
  if (rows_ == 0) {
    out.recent_auc = std::numeric_limits<double>::quiet_NaN();
    return out;
  }
  out.log_loss = loss_ / static_cast<double>(rows_);
  out.recent_rows = static_cast<std::size_t>(std::min<std::uint64_t>(rows_, options_.window));
  std::vector<std::pair<double, double>> order(out.recent_rows);
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = {predicted_[i], targets_[i]};
    out.recent_log_loss += loss_of(predicted_[i], targets_[i]) / static_cast<double>(order.size());
  }
  std::sort(order.begin(), order.end());
  double zeros = 0, ones = 0, wins = 0;
  for (std::size_t i = 0; i < order.size();) {
    double here[2] = {};
    const double score = order[i].first;
    for (; i < order.size() && order[i].first == score; ++i) here[order[i].second > 0 ? 1 : 0] += 1;
    wins += here[1] * (zeros + here[0] / 2);
    zeros += here[0];
    ones += here[1];
  }
  out.recent_auc =
      zeros > 0 && ones > 0 ? wins / (zeros * ones) : std::numeric_limits<double>::quiet_NaN();
  return out;
}

std::size_t FtrlModel::used() const noexcept {
  std::size_t count = 0;
  for (const Coordinate& at : coordinates_) count += weight(at) != 0 ? 1U : 0U;
  return count;
}

std::vector<std::byte> FtrlModel::save() const {
  ArchiveWriter writer("ftrl-model", 1);
  schema_.save(writer.section("schema"));
  SectionWriter& options = writer.section("options");
  options.put(options_.rate);
  options.put(options_.smoothing);
  options.put(options_.l1);
  options.put(options_.l2);
  options.put(options_.bits);
  options.put(options_.window);
  SectionWriter& state = writer.section("state");
  state.put(rows_);
  state.put(loss_);
  for (const Scale& scale : scales_) {
    state.put(scale.count);
    state.put(scale.mean);
    state.put(scale.square);
  }
  std::vector<std::uint32_t> places;
  std::vector<double> values;
  for (std::size_t at = 0; at < coordinates_.size(); ++at) {
    if (coordinates_[at].n == 0) continue;
    places.push_back(static_cast<std::uint32_t>(at));
    values.push_back(coordinates_[at].z);
    values.push_back(coordinates_[at].n);
  }
  state.put_array(places);
  state.put_array(values);
  const auto recent = static_cast<std::size_t>(std::min<std::uint64_t>(rows_, options_.window));
  state.put_array(std::span(predicted_).first(recent));
  state.put_array(std::span(targets_).first(recent));
  return std::move(writer).finish();
}

Result<FtrlModel> FtrlModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "ftrl-model", 1);
  if (!reader) return reader.error();
  Result<SectionReader> names = reader->section("schema");
  if (!names) return names.error();
  Result<ScoreSchema> schema = ScoreSchema::load(*names);
  if (!schema) return schema.error();
  if (Result<void> done = names->finish(); !done) return done.error();
  Result<SectionReader> head = reader->section("options");
  if (!head) return head.error();
  FtrlOptions options;
  options.rate = head->get<double>();
  options.smoothing = head->get<double>();
  options.l1 = head->get<double>();
  options.l2 = head->get<double>();
  options.bits = head->get<std::uint32_t>();
  options.window = head->get<std::uint32_t>();
  if (Result<void> done = head->finish(); !done) return done.error();
  try {
    require_ftrl(options);
  } catch (const Exception& refused) {
    return Error{ErrorCode::corrupt, std::string(refused.what()), "FtrlModel"};
  }
  Result<SectionReader> state = reader->section("state");
  if (!state) return state.error();
  FtrlModel model(std::move(*schema), options);
  model.rows_ = state->get<std::uint64_t>();
  model.loss_ = state->get<double>();
  state->require(std::isfinite(model.loss_) && model.loss_ >= 0, "a loss that cannot be");
  for (Scale& scale : model.scales_) {
    scale.count = state->get<double>();
    scale.mean = state->get<double>();
    scale.square = state->get<double>();
    state->require(std::isfinite(scale.count) && scale.count >= 0 && std::isfinite(scale.mean) &&
                       std::isfinite(scale.square) && scale.square >= 0,
                   "a scale that cannot be");
  }
  const auto places = state->get_array<std::uint32_t>();
  const auto values = state->get_array<double>();
  state->require(values.size() == 2 * places.size(), "values of another number than places");
  for (std::size_t i = 0; i < places.size() && state->ok(); ++i) {
    const double z = values[2 * i], n = values[2 * i + 1];
    if (!state->require(places[i] < model.coordinates_.size() &&
                            (i == 0 || places[i - 1] < places[i]) && std::isfinite(z) &&
                            std::isfinite(n) && n > 0,
                        "a coefficient that cannot be")) {
      break;
    }
    model.coordinates_[places[i]] = {z, n};
  }
  const auto recent =
      static_cast<std::size_t>(std::min<std::uint64_t>(model.rows_, options.window));
  state->get_array(std::span(model.predicted_).first(recent));
  state->get_array(std::span(model.targets_).first(recent));
  for (std::size_t i = 0; i < recent; ++i) {
    state->require(model.predicted_[i] >= 0 && model.predicted_[i] <= 1 &&
                       (model.targets_[i] == 0 || model.targets_[i] == 1),
                   "a row of the window that cannot be");
  }
  if (Result<void> done = state->finish(); !done) return done.error();
  return model;
}

}  // namespace emptor
