#include "emptor/score/naive_bayes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "emptor/core/archive.hpp"
#include "score/text_features.hpp"

namespace emptor {

namespace {

constexpr double most_smoothing = 1e9;
constexpr std::uint64_t most_count = std::uint64_t{1} << 48U;

bool fits(std::size_t classes, std::uint32_t bits) noexcept {
  return classes >= 2 && classes <= 256 && bits >= 8 && bits <= 26 &&
         classes << bits <= std::size_t{1} << 26U;
}

}  // namespace

NaiveBayesModel::NaiveBayesModel(std::size_t classes, const NaiveBayesOptions& options)
    : options_(options), classes_(classes) {
  require_text_grams(options.grams);
  require_option(options.smoothing > 0 && options.smoothing <= most_smoothing, "smoothing",
                 "in (0, 1e9]", options.smoothing);
  require_option(fits(classes, options.grams.bits), "classes",
                 "in [2, 256], and 2^bits x classes at most 2^26", classes);
  texts_.assign(classes, 0);
  totals_.assign(classes, 0);
  counts_.assign(classes << options.grams.bits, 0);
}

void NaiveBayesModel::learn(std::string_view text, std::uint32_t label) {
  if (label >= classes_) {
    throw Exception(ErrorCode::out_of_range, emptor::text("label ", label, " of ", classes_),
                    "NaiveBayesModel::learn");
  }
  detail::TextCounter counter;
  for (const detail::TextFeature& feature : counter.count(text, options_.grams)) {
    std::uint64_t* counts = counts_.data() + feature.place * classes_;
    if (std::all_of(counts, counts + classes_, [](std::uint64_t c) { return c == 0; })) ++used_;
    const std::uint64_t count = options_.binary ? 1 : feature.count;
    counts[label] += count;
    totals_[label] += count;
  }
  ++texts_[label];
}

void NaiveBayesModel::scores(std::string_view text, std::span<double> out) const {
  if (out.size() != classes_) {
    throw Exception(ErrorCode::invalid_shape,
                    emptor::text("room for ", classes_, " classes, got ", out.size()),
                    "NaiveBayesModel::scores");
  }
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  const bool complement = options_.kind == NaiveBayesKind::complement;
  const std::uint64_t texts = std::accumulate(texts_.begin(), texts_.end(), std::uint64_t{0});
  const std::uint64_t total = std::accumulate(totals_.begin(), totals_.end(), std::uint64_t{0});
  const double room = options_.smoothing * number(std::max<std::uint64_t>(used_, 1));
  for (std::size_t k = 0; k < classes_; ++k) {
    out[k] = std::log((number(texts_[k]) + 1) / (number(texts) + number(classes_)));
  }
  detail::TextCounter counter;
  for (const detail::TextFeature& feature : counter.count(text, options_.grams)) {
    const std::uint64_t* counts = counts_.data() + feature.place * classes_;
    const std::uint64_t all = std::accumulate(counts, counts + classes_, std::uint64_t{0});
    if (all == 0) continue;
    const double often = options_.binary ? 1 : number(feature.count);
    for (std::size_t k = 0; k < classes_; ++k) {
      const std::uint64_t count = complement ? all - counts[k] : counts[k];
      const std::uint64_t of = complement ? total - totals_[k] : totals_[k];
      const double weight = std::log((number(count) + options_.smoothing) / (number(of) + room));
      out[k] += often * (complement ? -weight : weight);
    }
  }
  const double top = *std::max_element(out.begin(), out.end());
  double sum = 0;
  for (double& share : out) sum += share = std::exp(share - top);
  for (double& share : out) share /= sum;
}

double NaiveBayesModel::score(std::string_view text) const {
  std::vector<double> shares(classes_);
  scores(text, shares);
  return shares[1];
}

std::size_t NaiveBayesModel::classify(std::string_view text) const {
  std::vector<double> shares(classes_);
  scores(text, shares);
  return static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
}

std::vector<std::byte> NaiveBayesModel::save() const {
  ArchiveWriter writer("naive-bayes", 1);
  SectionWriter& head = writer.section("options");
  head.put(static_cast<std::uint8_t>(options_.kind));
  head.put(static_cast<std::uint8_t>(options_.grams.shortest));
  head.put(static_cast<std::uint8_t>(options_.grams.longest));
  head.put(std::uint8_t{options_.grams.words});
  head.put(std::uint8_t{options_.grams.fold_accents});
  head.put(options_.grams.bits);
  head.put(options_.smoothing);
  head.put(std::uint8_t{options_.binary});
  head.put_array(texts_);
  std::vector<std::uint32_t> places;
  std::vector<std::uint64_t> counts;
  for (std::size_t place = 0; place < counts_.size() / classes_; ++place) {
    const std::uint64_t* from = counts_.data() + place * classes_;
    if (std::all_of(from, from + classes_, [](std::uint64_t c) { return c == 0; })) continue;
    places.push_back(static_cast<std::uint32_t>(place));
    counts.insert(counts.end(), from, from + classes_);
  }
  SectionWriter& body = writer.section("counts");
  body.put_array(places);
  body.put_array(counts);
  return std::move(writer).finish();
}

Result<NaiveBayesModel> NaiveBayesModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "naive-bayes", 1);
  if (!reader) return reader.error();
  Result<SectionReader> head = reader->section("options");
  if (!head) return head.error();
  NaiveBayesOptions options;
  options.kind = head->get_enum(NaiveBayesKind::complement);
  options.grams.shortest = head->get<std::uint8_t>();
  options.grams.longest = head->get<std::uint8_t>();
  options.grams.words = head->get<bool>();
  options.grams.fold_accents = head->get<bool>();
  options.grams.bits = head->get<std::uint32_t>();
  options.smoothing = head->get<double>();
  options.binary = head->get<bool>();
  const auto texts = head->get_array<std::uint64_t>();
  head->require(options.grams.shortest >= 1 && options.grams.shortest <= options.grams.longest &&
                    options.grams.longest <= longest_text_gram &&
                    fits(texts.size(), options.grams.bits) && options.smoothing > 0 &&
                    options.smoothing <= most_smoothing,
                "options that cannot be");
  for (const std::uint64_t count : texts) head->require(count < most_count, "a count too large");
  if (Result<void> done = head->finish(); !done) return done.error();
  Result<SectionReader> body = reader->section("counts");
  if (!body) return body.error();
  const auto places = body->get_array<std::uint32_t>();
  const auto counts = body->get_array<std::uint64_t>();
  body->require(counts.size() == places.size() * texts.size(), "counts of another number");
  for (std::size_t i = 0; i < places.size() && body->ok(); ++i) {
    body->require(places[i] >> options.grams.bits == 0 && (i == 0 || places[i - 1] < places[i]),
                  "places must ascend within the table");
    const auto from = counts.begin() + static_cast<std::ptrdiff_t>(i * texts.size());
    body->require(std::any_of(from, from + static_cast<std::ptrdiff_t>(texts.size()),
                              [](std::uint64_t count) { return count != 0; }),
                  "a place without a count");
  }
  for (const std::uint64_t count : counts) {
    body->require(count < std::uint64_t{1} << 37U, "a count too large");
  }
  if (Result<void> done = body->finish(); !done) return done.error();
  NaiveBayesModel model(texts.size(), options);
  model.texts_ = texts;
  model.used_ = places.size();
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t k = 0; k < texts.size(); ++k) {
      const std::uint64_t count = counts[i * texts.size() + k];
      model.counts_[places[i] * texts.size() + k] = count;
      model.totals_[k] += count;
    }
  }
  return model;
}

NaiveBayesModel fit_naive_bayes(std::span<const std::string_view> texts,
                                std::span<const std::uint32_t> labels,
                                const NaiveBayesOptions& options) {
  if (labels.size() != texts.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(texts.size(), " labels wanted, got ", labels.size()), "fit_naive_bayes");
  }
  std::uint32_t top = 1;
  for (const std::uint32_t label : labels) top = std::max(top, label);
  if (top > 255) {
    throw Exception(ErrorCode::invalid_value, "labels must be below 256", "fit_naive_bayes");
  }
  NaiveBayesModel model(top + 1, options);
  for (std::size_t t = 0; t < texts.size(); ++t) model.learn(texts[t], labels[t]);
  return model;
}

}  // namespace emptor
