#include "composites.hpp"

#include <algorithm>

#include "emptor/core/error.hpp"
#include "emptor/evaluate/split.hpp"
#include "emptor/recommend/blend.hpp"
#include "emptor/recommend/stacking.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

OptionFields& add_blend(OptionFields& fields, BlendOptions& o) {
  return fields
      .add("fusion", o.fusion,
           {{"reciprocal_rank", Fusion::reciprocal_rank}, {"score", Fusion::score}})
      .add("rank_constant", o.rank_constant)
      .add("depth", o.depth);
}

/// "2/1": a number a part.
std::vector<double> parse_weights(std::string_view word, std::size_t parts) {
  std::vector<double> out;
  bool numbers = true;
  for (std::size_t begin = 0; begin <= word.size();) {
    const std::size_t end = std::min(word.find('/', begin), word.size());
    double& value = out.emplace_back();
    const auto parsed = std::from_chars(word.data() + begin, word.data() + end, value);
    numbers = numbers && parsed.ec == std::errc{} && parsed.ptr == word.data() + end;
    begin = end + 1;
  }
  if (!numbers || out.size() != parts) {
    throw Exception(ErrorCode::invalid_option,
                    text("'weights' of 'blend' needs a number a model with / between, got '", word,
                         "' for ", parts, " models"));
  }
  return out;
}

BlendModel blend(const std::vector<FitFunction>& parts, const std::vector<double>& weights,
                 const BlendOptions& options, const FitInput& in, const Context& context) {
  std::vector<BlendPart> fitted;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    fitted.push_back({parts[p](in, context).model, weights[p]});
  }
  return BlendModel(in.train, std::move(fitted), options);
}

}  // namespace

FitFunction bind_blend(std::vector<FitFunction> parts, const Settings& settings) {
  BlendOptions options;
  std::vector<double> weights(parts.size(), 1);
  Settings others;
  for (const auto& [name, value] : settings) {
    if (name == "weights") {
      weights = parse_weights(value, parts.size());
    } else {
      others.emplace_back(name, value);
    }
  }
  OptionFields fields;
  add_blend(fields, options).set(others, "blend");
  return [parts = std::move(parts), weights, options](const FitInput& in, const Context& context) {
    return FittedModel{blend(parts, weights, options, in, context)};
  };
}

FitFunction bind_stack(std::vector<FitFunction> parts, const Settings& settings) {
  StackingOptions options{.blend = {.fusion = Fusion::score}};
  OptionFields fields;
  add_blend(fields, options.blend)
      .add("k", options.k)
      .add("rounds", options.rounds)
      .add("max_customers", options.max_customers)
      .set(settings, "stack");
  return [parts = std::move(parts), options](const FitInput& in, const Context& context) {
    LogSplit split = split_holdout(in.log, {.fraction = 0.1});
    FitInput less = in;
    less.train = Interactions(in.train.customers(), in.train.items(), split.train);
    less.log = std::move(split.train);
    std::vector<AnyRecommender> fitted;
    for (const FitFunction& part : parts) fitted.push_back(part(less, context).model);
    const Interactions held_out(in.train.customers(), in.train.items(), split.test);
    const StackingFit stacking = fit_stacking(fitted, held_out, options, context);
    return FittedModel{blend(parts, stacking.weights, options.blend, in, context)};
  };
}

}  // namespace leaderboard
