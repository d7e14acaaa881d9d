#include "score/xgboost_frame.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "emptor/score/xgboost_model.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t most_outputs = 1U << 16U;

constexpr XgboostObjective objectives[] = {
    {"binary:logistic", TreeLink::logistic, TreeLink::logistic},
    {"reg:logistic", TreeLink::logistic, TreeLink::logistic},
    {"binary:logitraw", TreeLink::identity, TreeLink::identity},
    {"binary:hinge", TreeLink::identity, TreeLink::identity, false},
    {"reg:squarederror", TreeLink::identity, TreeLink::identity},
    {"reg:linear", TreeLink::identity, TreeLink::identity},
    {"reg:squaredlogerror", TreeLink::identity, TreeLink::identity},
    {"reg:pseudohubererror", TreeLink::identity, TreeLink::identity},
    {"reg:absoluteerror", TreeLink::identity, TreeLink::identity},
    {"reg:quantileerror", TreeLink::identity, TreeLink::identity},
    {"count:poisson", TreeLink::exponential, TreeLink::exponential},
    {"reg:gamma", TreeLink::exponential, TreeLink::exponential},
    {"reg:tweedie", TreeLink::exponential, TreeLink::exponential},
    {"survival:cox", TreeLink::exponential, TreeLink::exponential},
    {"survival:aft", TreeLink::exponential, TreeLink::exponential},
    {"rank:pairwise", TreeLink::identity, TreeLink::identity},
    {"rank:ndcg", TreeLink::identity, TreeLink::identity},
    {"rank:map", TreeLink::identity, TreeLink::identity},
    {"multi:softprob", TreeLink::identity, TreeLink::identity},
    {"multi:softmax", TreeLink::identity, TreeLink::identity},
};

/// The margin that XGBoost begins with, in its own single precision.
float margin_of(TreeLink link, float score) noexcept {
  if (link == TreeLink::logistic) return -std::log(1.0F / score - 1.0F);
  return link == TreeLink::exponential ? std::log(score) : score;
}

/// base_score: "5E-1", since 3.1 "[5E-1]" or "[1E0,2E0]" with one an output.
std::vector<float> base_scores(const XgboostNode& node) {
  std::vector<float> out;
  const auto take = [&](std::optional<double> value) {
    if (!value || !std::isfinite(static_cast<float>(*value))) node.fail("must be a finite number");
    out.push_back(static_cast<float>(*value));
  };
  if (!node.is_text() || !node.text().starts_with('[')) {
    take(node.number());
    return out;
  }
  std::string_view rest = node.text();
  if (!rest.ends_with(']')) node.fail("must be numbers in brackets");
  rest = rest.substr(1, rest.size() - 2);
  while (out.size() < most_outputs) {
    const std::size_t comma = rest.find(',');
    take(xgboost_number(rest.substr(0, comma)));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return out;
}

/// The categories' names that XGBoost 3 keeps of a column: texts end to end, or whole numbers.
std::vector<std::string> names_of_categories(const XgboostNode& column) {
  std::vector<std::string> out;
  const XgboostNode values = column["values"];
  const std::vector<double>& content = values.numbers();
  const std::optional<XgboostNode> offsets = column.find("offsets");
  if (!offsets) {
    for (const double value : content) {
      if (!(std::abs(value) <= 9e15)) values.fail("must be whole numbers");
      out.push_back(text(static_cast<std::int64_t>(value)));
    }
    return out;
  }
  std::string bytes;
  for (const double value : content) {
    if (!(value >= -128 && value <= 255)) values.fail("must be bytes");
    bytes += static_cast<char>(static_cast<std::uint8_t>(static_cast<int>(value)));
  }
  double before = 0;
  for (std::size_t i = 1; i < offsets->numbers().size(); ++i) {
    const double end = offsets->numbers()[i];
    if (!(end >= before && end <= static_cast<double>(bytes.size())) || end != std::floor(end)) {
      offsets->fail("must ascend within the values");
    }
    const auto begin = static_cast<std::size_t>(before);
    out.push_back(bytes.substr(begin, static_cast<std::size_t>(end) - begin));
    before = end;
  }
  return out;
}

}  // namespace

XgboostFrame xgboost_frame(const XgboostNode& learner, bool margins) {
  XgboostFrame out;
  const XgboostNode parameters = learner["learner_model_param"];
  const XgboostNode features = parameters["num_feature"];
  out.columns = features.count(std::numeric_limits<std::uint32_t>::max());
  if (out.columns == 0) features.fail("a model needs a column");
  if (out.columns > max_xgboost_schema) {
    features.fail(text("more than ", max_xgboost_schema, " columns"), ErrorCode::unsupported);
  }
  const std::size_t classes = parameters.count("num_class", most_outputs, 0);
  const std::size_t targets = parameters.count("num_target", most_outputs, 1);
  out.outputs = std::max({classes, targets, std::size_t{1}});

  const XgboostNode name = learner["objective"]["name"];
  const auto* const found =
      std::find_if(std::begin(objectives), std::end(objectives),
                   [&](const XgboostObjective& o) { return o.name == name.text(); });
  if (found != std::end(objectives)) {
    out.objective = *found;
  } else if (!margins) {
    name.fail("is an objective that is not known: its margins can be read", ErrorCode::unsupported);
  }
  if (!margins && !out.objective.scored) {
    name.fail("has a score that is a step: its margins can be read", ErrorCode::unsupported);
  }
  if (out.outputs > 1 && !margins && name.text() == "reg:quantileerror") {
    name.fail("sorts several quantiles: its margins can be read", ErrorCode::unsupported);
  }
  if (margins) out.objective.link = TreeLink::identity;

  const XgboostNode base = parameters["base_score"];
  const std::vector<float> scores = base_scores(base);
  if (scores.size() != 1 && scores.size() != out.outputs) {
    base.fail(text("must be 1 number or ", out.outputs, ", got ", scores.size()));
  }
  for (std::size_t k = 0; k < out.outputs; ++k) {
    const float margin = margin_of(out.objective.intercept, scores[scores.size() == 1 ? 0 : k]);
    if (!std::isfinite(margin)) base.fail("is no score of this objective");
    out.bases.push_back(double{margin});
  }
  return out;
}

ScoreSchema xgboost_schema(const XgboostNode& learner, std::size_t outputs,
                           const std::optional<XgboostNode>& kept,
                           std::vector<std::size_t>& codes) {
  std::vector<ScoreColumn> columns(codes.size());
  const auto list = [&](const char* name) {
    std::optional<XgboostNode> found = learner.find(name);
    if (found && found->size() == 0) found.reset();
    if (found && found->size() != codes.size()) {
      found->fail(text("must be ", codes.size(), " texts, got ", found->size()));
    }
    return found;
  };
  const std::optional<XgboostNode> names = list("feature_names");
  const std::optional<XgboostNode> types = list("feature_types");
  std::optional<XgboostNode> encodings = kept ? kept->find("enc") : std::nullopt;
  if (encodings && encodings->size() == 0) encodings.reset();
  if (encodings && encodings->size() != codes.size()) {
    encodings->fail(text("must be ", codes.size(), " lists, got ", encodings->size()));
  }
  std::size_t room = max_xgboost_schema / outputs;
  const auto take = [&](std::size_t more) {
    if (more > room) {
      learner.fail(text("more than ", max_xgboost_schema, " columns and categories of outputs"),
                   ErrorCode::unsupported);
    }
    room -= more;
  };
  take(codes.size());
  for (std::size_t c = 0; c < codes.size(); ++c) {
    columns[c].name = names ? names->at(c).text() : text("f", c);
    if (types && types->at(c).text() == "c") codes[c] = std::max<std::size_t>(codes[c], 1);
    if (codes[c] == 0) continue;
    columns[c].kind = ScoreColumnKind::category;
    std::vector<std::string>& categories = columns[c].categories;
    if (encodings) categories = names_of_categories(encodings->at(c));
    codes[c] = std::max(codes[c], categories.size());
    take(codes[c]);
    while (categories.size() < codes[c]) categories.push_back(text(categories.size()));
  }
  try {
    return ScoreSchema(std::move(columns));
  } catch (const Exception& wrong) {
    (names ? *names : learner).fail(wrong.error().message);
  }
}

ScoreSchema checked_xgboost_schema(const ScoreSchema& schema, std::vector<std::size_t>& codes) {
  if (schema.size() != codes.size()) {
    xgboost_fail(ErrorCode::invalid_shape,
                 text("must have the model's ", codes.size(), " columns, got ", schema.size()),
                 "schema");
  }
  for (std::size_t c = 0; c < codes.size(); ++c) {
    const ScoreColumn& column = schema[c];
    const bool category = column.kind == ScoreColumnKind::category;
    if (codes[c] != 0 && (!category || codes[c] > column.categories.size())) {
      xgboost_fail(ErrorCode::invalid_option,
                   text("the model asks column ", c, " for ", codes[c], " categories"), "schema");
    }
    if (category) codes[c] = std::max<std::size_t>(column.categories.size(), 1);
  }
  return schema;
}

}  // namespace emptor::detail
