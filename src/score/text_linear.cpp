#include "emptor/score/text_linear.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/special_functions.hpp"
#include "score/text_features.hpp"

namespace emptor {

void require_text_grams(const TextGramOptions& options) {
  require_option(options.longest >= 1 && options.longest <= longest_text_gram, "longest",
                 "in [1, 8]", options.longest);
  require_option(options.shortest >= 1 && options.shortest <= options.longest, "shortest",
                 "in [1, longest]", options.shortest);
  require_option(options.bits >= 8 && options.bits <= 26, "bits", "in [8, 26]", options.bits);
}

namespace detail {

namespace {

double value_of(TextValue kind, std::uint32_t count) noexcept {
  return kind == TextValue::binary ? 1 : 1 + std::log(static_cast<double>(count));
}

constexpr std::size_t most_classes = 256;

}  // namespace

class TextTrainer {
 public:
  TextTrainer(std::span<const std::string_view> texts, std::span<const std::uint32_t> labels,
              const TextClassifierOptions& options, const Context& context)
      : texts_(texts), labels_(labels), options_(options), context_(context) {}

  TextClassifierFit fit() {
    std::uint32_t top = 1;
    for (const std::uint32_t label : labels_) top = std::max(top, label);
    model_.grams_ = options_.grams;
    model_.value_ = options_.value;
    model_.classes_ = top + 1;
    report_.texts = texts_.size();
    report_.class_texts.assign(model_.classes_, 0);
    for (const std::uint32_t label : labels_) ++report_.class_texts[label];
    count();
    scale();
    model_.bias_.assign(model_.rows(), 0);
    model_.weights_.assign(model_.rows() << options_.grams.bits, 0.0F);
    std::vector<std::size_t> epochs(model_.rows(), 0);
    std::vector<char> converged(model_.rows(), 1);
    parallel_chunks(context_, model_.rows(), 1, [&](std::size_t row, std::size_t) {
      epochs[row] = train(row, converged[row]);
    });
    for (std::size_t row = 0; row < epochs.size(); ++row) {
      report_.epochs = std::max(report_.epochs, epochs[row]);
      report_.converged = report_.converged && converged[row] != 0;
    }
    for (const std::size_t texts : report_.class_texts) {
      report_.one_class = report_.one_class || texts == texts_.size();
    }
    return {std::move(model_), std::move(report_)};
  }

 private:
  void count() {
    constexpr std::size_t grain = 256;
    std::vector<std::vector<TextFeature>> features(texts_.size());
    parallel_chunks(context_, texts_.size(), grain, [&](std::size_t begin, std::size_t end) {
      TextCounter counter;
      for (std::size_t t = begin; t < end; ++t) {
        const auto found = counter.count(texts_[t], options_.grams);
        features[t].assign(found.begin(), found.end());
      }
    });
    starts_.assign(1, 0);
    for (const auto& row : features) starts_.push_back(starts_.back() + row.size());
    places_.reserve(starts_.back());
    values_.reserve(starts_.back());
    for (const auto& row : features) {
      for (const TextFeature& feature : row) {
        places_.push_back(feature.place);
        values_.push_back(static_cast<float>(value_of(options_.value, feature.count)));
      }
    }
  }

  /// idf, and the ratio of counts, by place; then the texts' vectors of length 1.
  void scale() {
    const std::size_t size = std::size_t{1} << options_.grams.bits;
    std::vector<std::uint32_t> documents(size, 0), ones(size, 0);
    double all_ones = 0, all_zeros = 0;
    for (std::size_t t = 0; t < texts_.size(); ++t) {
      for (std::size_t i = starts_[t]; i < starts_[t + 1]; ++i) {
        ++documents[places_[i]];
        ones[places_[i]] += labels_[t] == 1 ? 1U : 0U;
      }
    }
    for (std::size_t place = 0; place < size; ++place) {
      report_.features += documents[place] != 0 ? 1U : 0U;
      if (documents[place] == 0) continue;
      all_ones += ones[place] + 1;
      all_zeros += documents[place] - ones[place] + 1;
    }
    model_.scale_.assign(size, 0.0F);
    const double texts = static_cast<double>(texts_.size());
    for (std::size_t place = 0; place < size; ++place) {
      if (documents[place] == 0) continue;
      double value = options_.value == TextValue::binary ? 1 : std::log1p(texts / documents[place]);
      if (options_.count_ratio) {
        const double one = (ones[place] + 1) / all_ones;
        const double zero = (documents[place] - ones[place] + 1) / all_zeros;
        value *= std::fabs(std::log(one / zero)) + 1e-3;
      }
      model_.scale_[place] = static_cast<float>(value);
    }
    for (std::size_t t = 0; t < texts_.size(); ++t) {
      double square = 0;
      for (std::size_t i = starts_[t]; i < starts_[t + 1]; ++i) {
        values_[i] *= model_.scale_[places_[i]];
        square += double{values_[i]} * double{values_[i]};
      }
      const auto factor = static_cast<float>(square > 0 ? 1 / std::sqrt(square) : 0);
      for (std::size_t i = starts_[t]; i < starts_[t + 1]; ++i) values_[i] *= factor;
    }
  }

  /// One class against the others. Each text's two dual variables sum to the cost.
  std::size_t train(std::size_t row, char& converged) {
    const std::uint32_t wanted = model_.classes_ == 2 ? 1U : static_cast<std::uint32_t>(row);
    const std::size_t inside = report_.class_texts[wanted];
    double& bias = model_.bias_[row];
    if (inside == 0 || inside == texts_.size()) {
      const double n = static_cast<double>(texts_.size());
      bias = inside == 0 ? -std::log(2 * n + 1) : std::log(2 * n + 1);
      return 0;
    }
    const double cost = options_.cost;
    std::vector<double> alpha(texts_.size(), std::min(1e-3 * cost, 1e-8));
    std::vector<double> w(std::size_t{1} << options_.grams.bits, 0.0);
    const auto add = [&](std::size_t t, double amount) {
      for (std::size_t i = starts_[t]; i < starts_[t + 1]; ++i) {
        w[places_[i]] += amount * double{values_[i]};
      }
      bias += amount;
    };
    std::vector<std::uint32_t> order(texts_.size());
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t t = 0; t < texts_.size(); ++t) {
      add(t, labels_[t] == wanted ? alpha[t] : -alpha[t]);
    }
    RandomStream random(options_.seed, row);
    for (std::size_t epoch = 1; epoch <= options_.epochs; ++epoch) {
      random.shuffle(std::span(order));
      double worst = 0;
      for (const std::uint32_t t : order) {
        const double sign = labels_[t] == wanted ? 1 : -1;
        double margin = bias;
        double square = 1;  // of the constant that carries the bias
        if (starts_[t + 1] > starts_[t]) square += 1;
        for (std::size_t i = starts_[t]; i < starts_[t + 1]; ++i) {
          margin += w[places_[i]] * double{values_[i]};
        }
        margin *= sign;
        const double old = alpha[t];
        const auto slope = [&](double z) {
          return square * (z - old) + margin + std::log(z / (cost - z));
        };
        const double at_old = slope(old);
        worst = std::max(worst, std::fabs(at_old));
        if (std::fabs(at_old) < 1e-8) continue;
        // The slope rises from -inf at 0 to inf at the cost: Newton, kept inside a shrinking bound.
        double low = 0, high = cost, z = old;
        for (int step = 0; step < 60; ++step) {
          const double g = slope(z);
          (g > 0 ? high : low) = z;
          if (std::fabs(g) < 1e-10) break;
          double next = z - g / (square + cost / (z * (cost - z)));
          if (!(next > low && next < high)) next = g > 0 ? z * 0.1 : cost - (cost - z) * 0.1;
          if (!(next > low && next < high)) next = low + (high - low) / 2;
          if (next == z || next <= 0 || next >= cost) break;
          z = next;
        }
        add(t, sign * (z - old));
        alpha[t] = z;
      }
      if (worst <= options_.tolerance || epoch == options_.epochs) {
        converged = worst <= options_.tolerance ? 1 : 0;
        float* out = model_.weights_.data() + row * w.size();
        for (std::size_t place = 0; place < w.size(); ++place) {
          out[place] = static_cast<float>(w[place]);
        }
        return epoch;
      }
    }
    return options_.epochs;
  }

  std::span<const std::string_view> texts_;
  std::span<const std::uint32_t> labels_;
  const TextClassifierOptions& options_;
  const Context& context_;
  TextClassifier model_;
  TextClassifierReport report_;
  std::vector<std::size_t> starts_;
  std::vector<std::uint32_t> places_;
  std::vector<float> values_;
};

}  // namespace detail

double TextClassifier::logit(std::string_view text, std::size_t label) const {
  if (label >= classes_) {
    throw Exception(ErrorCode::out_of_range, emptor::text("class ", label, " of ", classes_),
                    "TextClassifier");
  }
  const std::size_t row = classes_ == 2 ? 0 : label;
  const float* weights = weights_.data() + (row << grams_.bits);
  detail::TextCounter counter;
  double sum = 0, square = 0;
  for (const detail::TextFeature& feature : counter.count(text, grams_)) {
    const double value = detail::value_of(value_, feature.count) * double{scale_[feature.place]};
    sum += value * double{weights[feature.place]};
    square += value * value;
  }
  const double logit = bias_[row] + (square > 0 ? sum / std::sqrt(square) : 0);
  return classes_ == 2 && label == 0 ? -logit : logit;
}

void TextClassifier::scores(std::string_view text, std::span<double> out) const {
  if (out.size() != classes_) {
    throw Exception(ErrorCode::invalid_shape,
                    emptor::text("room for ", classes_, " classes, got ", out.size()),
                    "TextClassifier::scores");
  }
  if (classes_ == 2) {
    out[1] = logistic(logit(text));
    out[0] = 1 - out[1];
    return;
  }
  double sum = 0;
  for (std::size_t k = 0; k < classes_; ++k) sum += out[k] = logistic(logit(text, k));
  for (double& share : out) share = sum > 0 ? share / sum : 1 / static_cast<double>(classes_);
}

double TextClassifier::score(std::string_view text) const {
  if (classes_ == 2) return logistic(logit(text));
  std::vector<double> all(classes_);
  scores(text, all);
  return 1 - all[0];
}

std::size_t TextClassifier::classify(std::string_view text) const {
  if (classes_ == 2) return logit(text) > 0 ? 1 : 0;
  std::vector<double> all(classes_);
  scores(text, all);
  return static_cast<std::size_t>(std::max_element(all.begin(), all.end()) - all.begin());
}

TextExplanation TextClassifier::explain(std::string_view text, std::size_t label) const {
  TextExplanation out;
  out.logit = logit(text, label);
  const std::size_t row = classes_ == 2 ? 0 : label;
  const double sign = classes_ == 2 && label == 0 ? -1 : 1;
  const float* weights = weights_.data() + (row << grams_.bits);
  std::vector<std::uint32_t> span_of(text.size(), 0);
  for (std::uint32_t at = 0; at < text.size();) {
    const std::uint32_t end = at + utf8_character(text, at).bytes;
    for (std::uint32_t b = at; b < end; ++b) {
      span_of[b] = static_cast<std::uint32_t>(out.spans.size());
    }
    out.spans.push_back({at, end, 0});
    at = end;
  }
  detail::TextCounter counter;
  const std::span<const detail::TextFeature> features = counter.count(text, grams_);
  double square = 0;
  for (const detail::TextFeature& feature : features) {
    const double value = detail::value_of(value_, feature.count) * double{scale_[feature.place]};
    square += value * value;
  }
  out.base = sign * bias_[row];
  if (!(square > 0)) return out;
  const double norm = std::sqrt(square);
  detail::each_text_gram(
      text, grams_, [&](std::uint32_t place, std::uint32_t first, std::uint32_t last) {
        const auto feature = std::lower_bound(
            features.begin(), features.end(), place,
            [](const detail::TextFeature& a, std::uint32_t b) { return a.place < b; });
        const double part = sign * detail::value_of(value_, feature->count) *
                            double{scale_[place]} * double{weights[place]} / norm / feature->count;
        if (first == last) {
          out.base += part;
          return;
        }
        const std::uint32_t from = span_of[first], to = span_of[last - 1];
        for (std::uint32_t s = from; s <= to; ++s) out.spans[s].weight += part / (to - from + 1);
      });
  return out;
}

std::vector<std::byte> TextClassifier::save() const {
  ArchiveWriter writer("text-classifier", 1);
  SectionWriter& head = writer.section("options");
  head.put(static_cast<std::uint8_t>(grams_.shortest));
  head.put(static_cast<std::uint8_t>(grams_.longest));
  head.put(std::uint8_t{grams_.words});
  head.put(std::uint8_t{grams_.fold_accents});
  head.put(grams_.bits);
  head.put(static_cast<std::uint8_t>(value_));
  head.put(static_cast<std::uint32_t>(classes_));
  head.put_array(bias_);
  std::vector<std::uint32_t> places;
  std::vector<float> scale, weights;
  for (std::uint32_t place = 0; place < scale_.size(); ++place) {
    if (scale_[place] == 0) continue;
    places.push_back(place);
    scale.push_back(scale_[place]);
    for (std::size_t row = 0; row < rows(); ++row) {
      weights.push_back(weights_[(row << grams_.bits) + place]);
    }
  }
  SectionWriter& body = writer.section("weights");
  body.put_array(places);
  body.put_array(scale);
  body.put_array(weights);
  return std::move(writer).finish();
}

Result<TextClassifier> TextClassifier::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "text-classifier", 1);
  if (!reader) return reader.error();
  Result<SectionReader> head = reader->section("options");
  if (!head) return head.error();
  TextClassifier model;
  model.grams_.shortest = head->get<std::uint8_t>();
  model.grams_.longest = head->get<std::uint8_t>();
  model.grams_.words = head->get<bool>();
  model.grams_.fold_accents = head->get<bool>();
  model.grams_.bits = head->get<std::uint32_t>();
  model.value_ = head->get_enum(TextValue::binary);
  model.classes_ = head->get<std::uint32_t>();
  model.bias_ = head->get_array<double>();
  const TextGramOptions& grams = model.grams_;
  head->require(grams.shortest >= 1 && grams.shortest <= grams.longest &&
                    grams.longest <= longest_text_gram && grams.bits >= 8 && grams.bits <= 26,
                "n-grams that cannot be");
  head->require(model.classes_ >= 2 && model.classes_ <= detail::most_classes &&
                    model.bias_.size() == model.rows(),
                "classes that cannot be");
  for (const double bias : model.bias_) head->require(std::isfinite(bias), "a bias is no number");
  if (Result<void> done = head->finish(); !done) return done.error();
  Result<SectionReader> body = reader->section("weights");
  if (!body) return body.error();
  const auto places = body->get_array<std::uint32_t>();
  const auto scale = body->get_array<float>();
  const auto weights = body->get_array<float>();
  body->require(scale.size() == places.size() && weights.size() == places.size() * model.rows(),
                "weights of another number than places");
  // The table may be larger than the file, but not without limit.
  body->require(model.classes_ == 2 || model.rows() << grams.bits <= (std::size_t{1} << 28U),
                "a table too large");
  const std::size_t size = std::size_t{1} << grams.bits;
  for (std::size_t i = 0; i < places.size() && body->ok(); ++i) {
    body->require(places[i] < size && (i == 0 || places[i - 1] < places[i]),
                  "places must ascend within the table");
    body->require(std::isfinite(scale[i]) && scale[i] > 0, "a scale must be positive");
  }
  for (const float weight : weights) {
    body->require(std::isfinite(weight), "a weight is no number");
  }
  if (Result<void> done = body->finish(); !done) return done.error();
  model.scale_.assign(size, 0.0F);
  model.weights_.assign(size * model.rows(), 0.0F);
  for (std::size_t i = 0; i < places.size(); ++i) {
    model.scale_[places[i]] = scale[i];
    for (std::size_t row = 0; row < model.rows(); ++row) {
      model.weights_[(row << grams.bits) + places[i]] = weights[i * model.rows() + row];
    }
  }
  return model;
}

TextClassifierFit fit_text_classifier(std::span<const std::string_view> texts,
                                      std::span<const std::uint32_t> labels,
                                      const TextClassifierOptions& options,
                                      const Context& context) {
  require_text_grams(options.grams);
  require_option(options.cost > 0 && std::isfinite(options.cost), "cost", "> 0 and finite",
                 options.cost);
  require_option(options.epochs >= 1, "epochs", ">= 1", options.epochs);
  require_option(options.tolerance > 0, "tolerance", "> 0", options.tolerance);
  if (texts.empty() || labels.size() != texts.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a label for each of some texts, got ", labels.size(), " labels of ",
                         texts.size(), " texts"),
                    "fit_text_classifier");
  }
  std::uint32_t top = 0;
  for (const std::uint32_t label : labels) top = std::max(top, label);
  if (top >= detail::most_classes) {
    throw Exception(ErrorCode::invalid_value, "labels must be below 256", "fit_text_classifier");
  }
  require_option(top <= 1 || (std::size_t{top} + 1) << options.grams.bits <= std::size_t{1} << 28U,
                 "bits", "small enough that 2^bits x classes are at most 2^28", options.grams.bits);
  return detail::TextTrainer(texts, labels, options, context).fit();
}

TextClassifierFit fit_text_classifier(std::span<const std::string> texts,
                                      std::span<const std::uint32_t> labels,
                                      const TextClassifierOptions& options,
                                      const Context& context) {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  return fit_text_classifier(std::span<const std::string_view>(views), labels, options, context);
}

}  // namespace emptor
