#include "emptor/score/xgboost_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "score/xgboost_frame.hpp"
#include "score/xgboost_json.hpp"
#include "score/xgboost_trees.hpp"

namespace emptor {

namespace {

using detail::XgboostNode;

double linked(TreeLink link, double margin) noexcept {
  if (link == TreeLink::logistic) return 1 / (1 + std::exp(-margin));
  return link == TreeLink::exponential ? std::exp(margin) : margin;
}

/// How many of the trees are used.
std::size_t used_trees(const XgboostNode& learner, const XgboostNode& model, std::size_t trees,
                       std::size_t outputs, const XgboostOptions& options) {
  std::size_t rounds = options.rounds;
  constexpr std::size_t most = 1U << 30U;
  if (options.to_best_round) {
    if (rounds != 0) {
      detail::xgboost_fail(ErrorCode::invalid_option, "not together with to_best_round", "rounds");
    }
    rounds = learner["attributes"]["best_iteration"].count(most) + 1;
  }
  if (rounds == 0) return trees;
  const auto too_many = [&](std::size_t there) {
    detail::xgboost_fail(ErrorCode::invalid_option,
                         text("the model has ", there, " rounds, wanted are ", rounds), "rounds");
  };
  const std::optional<XgboostNode> ends = model.find("iteration_indptr");  // since 2.0
  if (ends && ends->size() != 0) {
    if (rounds >= ends->size()) too_many(ends->size() - 1);
    const double end = ends->numbers()[rounds];
    if (!(end >= 0 && end <= static_cast<double>(trees)) || end != std::floor(end)) {
      ends->fail("must be numbers of trees");
    }
    return static_cast<std::size_t>(end);
  }
  const XgboostNode parameters = model["gbtree_model_param"];
  const std::size_t parallel =
      std::max<std::size_t>(parameters.count("num_parallel_tree", most, 1), 1);
  if (rounds > trees / (parallel * outputs)) too_many(trees / (parallel * outputs));
  return rounds * parallel * outputs;
}

std::vector<TreeModel> read_trees(const XgboostNode& learner, const XgboostOptions& options) {
  const detail::XgboostFrame frame = detail::xgboost_frame(learner, options.margins);
  const XgboostNode booster = learner["gradient_booster"];
  const XgboostNode name = booster["name"];
  const bool dart = name.text() == "dart";
  if (name.text() == "gblinear") {
    name.fail("gblinear is read by load_xgboost_linear", ErrorCode::unsupported);
  }
  if (!dart && name.text() != "gbtree") {
    name.fail("must be gbtree, dart or gblinear", ErrorCode::unsupported);
  }
  const XgboostNode model =
      dart && booster.find("gbtree") ? booster["gbtree"]["model"] : booster["model"];
  const XgboostNode trees = model["trees"];
  const std::size_t count = trees.size();
  // Weights of dart stood beside the trees before they stood among them.
  std::optional<XgboostNode> dropped = booster.find("weight_drop");
  if (!dropped) dropped = model.find("weight_drop");
  if (dropped && dropped->size() == 0) dropped.reset();
  if (dropped && dropped->size() > count) dropped->fail("must have at most a number a tree");
  const XgboostNode groups = model["tree_info"];
  static_cast<void>(groups.numbers(count));
  const std::size_t used = used_trees(learner, model, count, frame.outputs, options);

  std::vector<std::size_t> codes(frame.columns, 0);
  for (std::size_t t = 0; t < count; ++t) {
    const XgboostNode tree = trees.at(t);
    if (tree.count("id", count, t) != t) tree["id"].fail("must be the tree's place");
    detail::note_xgboost_categories(tree, codes);
  }
  const ScoreSchema schema =
      options.schema ? detail::checked_xgboost_schema(*options.schema, codes)
                     : detail::xgboost_schema(learner, frame.outputs, model.find("cats"), codes);

  std::vector<FlatTreesParts> parts(frame.outputs);
  for (std::size_t k = 0; k < frame.outputs; ++k) {
    parts[k].columns = frame.columns;
    parts[k].link = frame.objective.link;
    parts[k].base = frame.bases[k];
  }
  std::size_t room = max_xgboost_words;
  for (std::size_t t = 0; t < used; ++t) {
    const double group = groups.numbers()[t];
    if (!(group >= 0 && group < static_cast<double>(frame.outputs)) || group != std::floor(group)) {
      groups.fail(text("must be numbers below ", frame.outputs));
    }
    float weight = 1;
    if (dropped && t < dropped->size()) {
      weight = static_cast<float>(dropped->numbers()[t]);
      if (!std::isfinite(weight)) dropped->fail("must be finite numbers");
    }
    detail::append_xgboost_tree(trees.at(t), weight, codes, room,
                                parts[static_cast<std::size_t>(group)]);
  }
  std::vector<TreeModel> out;
  out.reserve(parts.size());
  for (FlatTreesParts& part : parts) out.emplace_back(schema, FlatTrees(std::move(part)));
  return out;
}

XgboostLinear read_linear(const XgboostNode& learner, const XgboostOptions& options) {
  const detail::XgboostFrame frame = detail::xgboost_frame(learner, options.margins);
  const XgboostNode name = learner["gradient_booster"]["name"];
  if (name.text() != "gblinear") name.fail("must be gblinear", ErrorCode::unsupported);
  if (frame.outputs > 1) {
    learner["learner_model_param"].fail("gblinear of several outputs is not read",
                                        ErrorCode::unsupported);
  }
  const XgboostNode weights = learner["gradient_booster"]["model"]["weights"];
  const std::vector<double>& values = weights.numbers(frame.columns + 1);
  for (const double value : values) {
    if (!std::isfinite(value)) weights.fail("must be finite numbers");
  }
  std::vector<std::size_t> codes(frame.columns, 0);
  ScoreSchema schema = options.schema ? detail::checked_xgboost_schema(*options.schema, codes)
                                      : detail::xgboost_schema(learner, 1, std::nullopt, codes);
  std::vector<LinearTerm> terms(frame.columns);
  for (std::size_t c = 0; c < frame.columns; ++c) {
    if (codes[c] != 0) weights.fail("a category has no weight", ErrorCode::unsupported);
    terms[c].slope = values[c];
  }
  XgboostLinear out;
  out.predictor =
      LinearPredictor(std::move(schema), frame.bases[0] + values.back(), std::move(terms), {});
  out.link = frame.objective.link;
  return out;
}

template <class Value, class Read>
Result<Value> read_file(std::string_view json, const XgboostOptions& options, const Read& read) {
  try {
    const std::size_t first = json.find_first_not_of(" \t\r\n");
    const std::size_t second =
        first == std::string_view::npos ? first : json.find_first_not_of(" \t\r\n", first + 1);
    if (second == std::string_view::npos || json[first] != '{' ||
        (json[second] != '"' && json[second] != '}')) {
      return Error{ErrorCode::unsupported,
                   "not a model in JSON: UBJSON and binary files are not read, save it as .json",
                   "1:1"};
    }
    const detail::XgboostValue root = detail::parse_xgboost_json(json);
    return read(XgboostNode(root, "")["learner"], options);
  } catch (const detail::XgboostWrong& wrong) {
    return wrong.error;
  } catch (const Exception& wrong) {  // of the parts that a model is made of
    return Error{ErrorCode::corrupt, wrong.error().message, "/learner/gradient_booster"};
  }
}

}  // namespace

Result<std::vector<TreeModel>> load_xgboost_outputs(std::string_view json,
                                                    const XgboostOptions& options) {
  return read_file<std::vector<TreeModel>>(json, options, read_trees);
}

Result<TreeModel> load_xgboost(std::string_view json, const XgboostOptions& options) {
  return read_file<TreeModel>(json, options, [](const XgboostNode& learner, const auto& wanted) {
    std::vector<TreeModel> models = read_trees(learner, wanted);
    if (models.size() != 1) {
      learner["learner_model_param"].fail(
          text("the model has ", models.size(), " outputs: load_xgboost_outputs reads them"),
          ErrorCode::unsupported);
    }
    return std::move(models.front());
  });
}

Result<XgboostLinear> load_xgboost_linear(std::string_view json, const XgboostOptions& options) {
  return read_file<XgboostLinear>(json, options, read_linear);
}

double XgboostLinear::score(std::span<const float> row) const noexcept {
  return linked(link, predictor.value(row));
}

void softmax_scores(std::span<const TreeModel> classes, std::span<const float> row,
                    std::span<double> out) noexcept {
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < classes.size(); ++k) {
    out[k] = classes[k].trees().margin(row);
    most = std::max(most, out[k]);
  }
  double sum = 0;
  for (double& value : out) sum += value = std::exp(value - most);
  for (double& value : out) value /= sum;
}

}  // namespace emptor
