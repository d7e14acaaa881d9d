// Usual orders as an archive.

#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/score/anomaly.hpp"
#include "score/anomaly_order.hpp"

namespace emptor {

std::vector<std::byte> OrderBaseline::save() const {
  ArchiveWriter writer("order-baseline", 1);
  SectionWriter& options = writer.section("options");
  options.put(options_.alarm_share);
  options.put(options_.scale_orders);
  options.put(options_.least_scale);
  options.put(std::int64_t{options_.offset.count()});
  options.put(std::uint64_t{options_.segments});
  options.put(std::uint64_t{options_.least_seen});
  SectionWriter& model = writer.section("model");
  for (const OrderReference& usual : references_) {
    model.put(usual.location);
    model.put(usual.within);
    model.put(usual.kappa);
  }
  for (const Tail& tail : tails_) {
    model.put_array(tail.sorted);
    model.put(tail.low_excess);
    model.put(tail.high_excess);
  }
  for (const Shares& shares : shares_) {
    model.put_array(shares.codes);
    model.put_array(shares.shares);
    model.put(shares.unseen);
    model.put(shares.kappa);
  }
  model.put_array(calibration_.scores());
  model.put(threshold_);
  return std::move(writer).finish();
}

Result<OrderBaseline> OrderBaseline::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "order-baseline", 1);
  if (!reader) return reader.error();
  Result<SectionReader> options = reader->section("options");
  if (!options) return options.error();
  OrderBaseline out;
  out.options_.alarm_share = options->get<double>();
  out.options_.scale_orders = options->get<double>();
  out.options_.least_scale = options->get<double>();
  const auto offset = options->get<std::int64_t>();
  out.options_.segments = static_cast<std::size_t>(options->get<std::uint64_t>());
  out.options_.least_seen = static_cast<std::size_t>(options->get<std::uint64_t>());
  if (Result<void> done = options->finish(); !done) return done.error();
  bool good = offset >= -1080 && offset <= 1080;
  if (good) out.options_.offset = UtcOffset{offset};
  try {
    detail::check_order_options(out.options_);
  } catch (const Exception&) {
    good = false;
  }
  const Error wrong{ErrorCode::corrupt, "values that cannot be", "order-baseline"};
  if (!good) return wrong;

  Result<SectionReader> model = reader->section("model");
  if (!model) return model.error();
  const auto positive = [&](double value) {
    good = good && value > 0 && std::isfinite(value);
    return value;
  };
  const auto ascending = [&](const auto& values) {
    good = good && std::is_sorted(values.begin(), values.end());
    for (const auto value : values) good = good && std::isfinite(static_cast<double>(value));
  };
  for (std::size_t i = 0; i < out.options_.segments * numbers && model->ok(); ++i) {
    OrderReference usual;
    usual.location = model->get<double>();
    good = good && std::isfinite(usual.location);
    usual.within = positive(model->get<double>());
    usual.kappa = positive(model->get<double>());
    out.references_.push_back(usual);
  }
  for (Tail& tail : out.tails_) {
    tail.sorted = model->get_array<double>();
    ascending(tail.sorted);
    tail.low_excess = positive(model->get<double>());
    tail.high_excess = positive(model->get<double>());
  }
  for (Shares& shares : out.shares_) {
    shares.codes = model->get_array<std::uint32_t>();
    shares.shares = model->get_array<double>();
    ascending(shares.codes);
    good = good && shares.codes.size() == shares.shares.size();
    for (const double share : shares.shares) good = good && share > 0 && share <= 1;
    shares.unseen = model->get<double>();
    good = good && shares.unseen >= 0 && shares.unseen <= 1;
    shares.kappa = positive(model->get<double>());
    shares.finish();
  }
  std::vector<double> scores = model->get_array<double>();
  ascending(scores);
  out.threshold_ = model->get<double>();
  good = good && !std::isnan(out.threshold_);
  if (Result<void> done = model->finish(); !done) return done.error();
  if (!good) return wrong;
  out.calibration_ = AlarmCalibration(std::move(scores));
  return out;
}

}  // namespace emptor
