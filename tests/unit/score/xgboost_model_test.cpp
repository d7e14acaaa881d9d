// Import of XGBoost's files from hand-written ones; tests/xgboost compares with the library itself.

#include "emptor/score/xgboost_model.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace emptor;

/// Column 0 < 1.5: column 1 in {0, 2} or not; missing of column 0 goes left, of column 1 right.
/// Node 5 and 6 were pruned.
constexpr std::string_view tree0 =
    R"({"id":0,"tree_param":{"num_nodes":"7","num_feature":"2",)"
    R"("size_leaf_vector":"0","num_deleted":"2"},)"
    R"("left_children":[1,3,-1,-1,-1,-1,-1],)"
    R"("right_children":[2,4,-1,-1,-1,-1,-1],)"
    R"("parents":[2147483647,0,0,1,1,2,2],)"
    R"("split_indices":[0,1,0,0,0,4294967295,4294967295],)"
    R"("split_conditions":[1.5E0,NaN,-2.5E-1,5E-1,1.25E-1,9,9],)"
    R"("split_type":[0,1,0,0,0,0,0],)"
    R"("categories":[0,2],"categories_nodes":[1],)"
    R"("categories_segments":[0],"categories_sizes":[2],)"
    R"("default_left":[1,0,0,0,0,0,0],)"
    R"("sum_hessian":[10,6,4,3,3,0,0],)"
    R"("base_weights":[0,0,0,0,0,0,0],"loss_changes":[1,1,0,0,0,0,0]})";
/// A leaf alone, as versions before 1.5 write it: no split types, booleans.
constexpr std::string_view tree1 = R"({"id":1,"tree_param":{"num_nodes":"1"},"left_children":[-1],)"
                                   R"("right_children":[-1],"split_indices":[0],)"
                                   R"("split_conditions":[2.5E-1],"default_left":[false],)"
                                   R"("sum_hessian":[1E1]})";

struct File {
  std::string trees = std::string(tree0) + "," + std::string(tree1);
  std::string info = "[0,0]";
  std::string objective = "binary:logistic";
  std::string base = R"("2.5E-1")";
  std::string parameters = R"("num_class":"0","num_feature":"2","num_target":"1")";
  std::string more = R"(,"feature_names":["age","plan"],"feature_types":["float","c"])";
  std::string model = R"("gbtree_model_param":{"num_parallel_tree":"1","num_trees":"2"})";
  std::string booster = "gbtree";
  std::string attributes = "{}";

  [[nodiscard]] std::string json() const {
    std::string content = R"({"name":"gbtree","model":{)" + model + R"(,"tree_info":)" + info +
                          R"(,"trees":[)" + trees + "]}}";
    if (booster != "gbtree") content = booster;
    return R"({"learner":{"attributes":)" + attributes +
           R"(,"learner_model_param":{"base_score":)" + base + "," + parameters +
           R"(},"objective":{"name":")" + objective + R"("},"gradient_booster":)" + content + more +
           R"(},"version":[1,7,4]})";
  }
};

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const std::size_t at = out.find(from);
  REQUIRE(at != std::string::npos);
  out.replace(at, from.size(), to);
  return out;
}

double logistic(double margin) {
  return 1 / (1 + std::exp(-margin));
}

constexpr float nothing = missing_value;

double margin_of(const TreeModel& model, float age, float plan) {
  const std::array row{age, plan};
  return model.trees().margin(row);
}

TreeModel loaded(const File& file, const XgboostOptions& options = {}) {
  Result<TreeModel> model = load_xgboost(file.json(), options);
  INFO((model ? "" : model.error().to_string()));
  REQUIRE(model.has_value());
  return *std::move(model);
}

/// Refused with this place and these words.
void refuses(const std::string& json, std::string_view where, const std::string& words,
             const XgboostOptions& options = {}) {
  const Result<TreeModel> model = load_xgboost(json, options);
  REQUIRE_FALSE(model.has_value());
  INFO(model.error().to_string());
  CHECK(model.error().where == where);
  CHECK_THAT(model.error().message, ContainsSubstring(words));
}
void refuses(const File& file, std::string_view where, const std::string& words,
             const XgboostOptions& options = {}) {
  refuses(file.json(), where, words, options);
}

}  // namespace

TEST_CASE("xgboost: thresholds, categories, missing values, intercept", "[score][xgboost]") {
  const TreeModel model = loaded({});
  const double base = std::log(0.25 / 0.75);
  CHECK(margin_of(model, 2, 0) == Approx(base - .25 + .25).epsilon(1e-7));
  CHECK(margin_of(model, 1.5F, 1) == Approx(base - .25 + .25).epsilon(1e-7));
  // XGBoost: a category of the split's set goes right.
  CHECK(margin_of(model, 1, 0) == Approx(base + .125 + .25).epsilon(1e-7));
  CHECK(margin_of(model, 1, 2) == Approx(base + .125 + .25).epsilon(1e-7));
  CHECK(margin_of(model, 1, 1) == Approx(base + .5 + .25).epsilon(1e-7));
  CHECK(margin_of(model, nothing, 1) == Approx(base + .5 + .25).epsilon(1e-7));
  CHECK(margin_of(model, nothing, nothing) == Approx(base + .125 + .25).epsilon(1e-7));
  const std::array row{1.0F, 1.0F};
  CHECK(model.score(row) == Approx(logistic(base + .75)).epsilon(1e-7));

  const ScoreSchema& schema = model.schema();
  CHECK(schema[0].name == "age");
  CHECK(schema[0].kind == ScoreColumnKind::number);
  CHECK(schema[1].name == "plan");
  CHECK(schema[1].categories == std::vector<std::string>{"0", "1", "2"});
  CHECK(model.trees().parts().nodes[0].cover == 10);
  const Result<TreeModel> again = TreeModel::load(model.save());
  REQUIRE(again.has_value());
  CHECK(*again == model);
}

TEST_CASE("xgboost: columns without names, a schema of the host", "[score][xgboost]") {
  File file;
  file.more.clear();
  CHECK(loaded(file).schema()[1].name == "f1");
  CHECK(loaded(file).schema()[1].kind == ScoreColumnKind::category);

  XgboostOptions options;
  options.schema = ScoreSchema({{"age", ScoreColumnKind::number, {}},
                                {"plan", ScoreColumnKind::category, {"a", "b", "c", "d"}}});
  const TreeModel model = loaded(file, options);
  CHECK(model.schema() == *options.schema);
  CHECK(margin_of(model, 1, 3) == margin_of(model, 1, 1));  // no split names it: left

  options.schema = ScoreSchema({{"age", ScoreColumnKind::number, {}}});
  refuses(file, "schema", "2 columns, got 1", options);
  options.schema = ScoreSchema(
      {{"age", ScoreColumnKind::number, {}}, {"plan", ScoreColumnKind::category, {"a", "b"}}});
  refuses(file, "schema", "column 1 for 3 categories", options);
  options.schema = ScoreSchema({{"age", ScoreColumnKind::category, {"x"}},
                                {"plan", ScoreColumnKind::category, {"a", "b", "c"}}});
  refuses(file, "/learner/gradient_booster/model/trees/0/split_indices/0", "as a number", options);
}

TEST_CASE("xgboost: what version 3 writes", "[score][xgboost]") {
  File file;
  file.base = R"("[2.5E-1]")";
  file.model = R"("gbtree_model_param":{"num_parallel_tree":"1","num_trees":"2"},)"
               R"("iteration_indptr":[0,1,2],"cats":{"enc":[{"type":4,"values":[]},)"
               R"({"offsets":[0,3,6,8,9],"values":[114,101,100,195,188,98,97,98,99]}],)"
               R"("feature_segments":[0,0,4],"sorted_idx":[]})";
  const TreeModel model = loaded(file);
  CHECK(model.schema()[1].categories == std::vector<std::string>{"red", "üb", "ab", "c"});
  CHECK(margin_of(model, 1, 1) == margin_of(loaded({}), 1, 1));
  CHECK(margin_of(model, 1, 3) == margin_of(model, 1, 1));
  XgboostOptions one;
  one.rounds = 1;
  CHECK(margin_of(loaded(file, one), 2, 0) == Approx(std::log(1.0 / 3) - .25).epsilon(1e-7));
  one.rounds = 3;
  refuses(file, "rounds", "has 2 rounds, wanted are 3", one);
  one.rounds = std::numeric_limits<std::size_t>::max();
  refuses(file, "rounds", "has 2 rounds", one);

  file.model = replaced(file.model, "[0,3,6,8,9]", "[0,3,6,8,90]");
  refuses(file, "/learner/gradient_booster/model/cats/enc/1/offsets", "ascend");
  file.model = replaced(file.model, "[0,3,6,8,90]", "[0,3,3,8,9]");
  refuses(file, "/learner/feature_names", "must differ");
}

TEST_CASE("xgboost: links and intercepts of objectives", "[score][xgboost]") {
  const std::array row{2.0F, 0.0F};  // leaves add up to 0
  File file;
  const auto score = [&](const char* objective) {
    file.objective = objective;
    return loaded(file).score(row);
  };
  for (const char* name :
       {"binary:logistic", "reg:logistic", "count:poisson", "reg:gamma", "reg:tweedie",
        "survival:cox", "survival:aft", "reg:squarederror", "reg:linear", "binary:logitraw",
        "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror", "reg:quantileerror",
        "rank:pairwise", "rank:ndcg", "rank:map"}) {
    INFO(name);
    CHECK(score(name) == Approx(.25).epsilon(1e-6));
  }
  file.objective = "binary:hinge";
  refuses(file, "/learner/objective/name", "margins");
  file.objective = "my:own";
  refuses(file, "/learner/objective/name", "not known");
  XgboostOptions margins;
  margins.margins = true;
  CHECK(loaded(file, margins).score(row) == Approx(.25));
  file.objective = "binary:logistic";
  CHECK(loaded(file, margins).score(row) == Approx(std::log(1.0 / 3)).epsilon(1e-6));
}

TEST_CASE("xgboost: dart weighs its trees", "[score][xgboost]") {
  File file;
  const std::string inner = R"({"model":{"gbtree_model_param":{"num_trees":"2"},"tree_info":[0,0],)"
                            R"("trees":[)" +
                            file.trees + "]";
  file.booster = R"({"name":"dart","gbtree":)" + inner + R"(}},"weight_drop":[2,5E-1]})";
  const double base = std::log(1.0 / 3);
  CHECK(margin_of(loaded(file), 2, 0) == Approx(base - .5 + .125).epsilon(1e-7));
  file.booster = R"({"name":"gbtree",)" + inner.substr(1) + R"(,"weight_drop":[2]}})";
  CHECK(margin_of(loaded(file), 2, 0) == Approx(base - .5 + .25).epsilon(1e-7));
  file.booster = R"({"name":"dart","gbtree":)" + inner + R"(}},"weight_drop":[2,1,1]})";
  refuses(file, "/learner/gradient_booster/weight_drop", "at most a number a tree");
}

TEST_CASE("xgboost: rounds and the best one", "[score][xgboost]") {
  File file;
  file.attributes = R"({"best_iteration":"0","best_score":"0.5"})";
  XgboostOptions best;
  best.to_best_round = true;
  CHECK(loaded(file, best).trees().trees() == 1);
  CHECK(loaded(file).trees().trees() == 2);
  best.rounds = 1;
  refuses(file, "rounds", "not together", best);
  best.rounds = 0;
  refuses(File{}, "/learner/attributes/best_iteration", "is missing", best);
  XgboostOptions forest;
  forest.rounds = 1;
  file.model = R"("gbtree_model_param":{"num_parallel_tree":"2","num_trees":"2"})";
  CHECK(loaded(file, forest).trees().trees() == 2);
  forest.rounds = 2;
  refuses(file, "rounds", "has 1 rounds", forest);
}

TEST_CASE("xgboost: one model an output", "[score][xgboost]") {
  File file;
  file.objective = "multi:softprob";
  file.parameters = R"("num_class":"3","num_feature":"2")";
  file.base = R"("5E-1")";
  file.info = "[0,2]";
  refuses(file, "/learner/learner_model_param", "load_xgboost_outputs");
  const Result<std::vector<TreeModel>> classes = load_xgboost_outputs(file.json());
  REQUIRE(classes.has_value());
  REQUIRE(classes->size() == 3);
  CHECK((*classes)[1].trees().trees() == 0);
  const std::array row{1.0F, 1.0F};
  std::array<double, 3> probabilities{};
  softmax_scores(*classes, row, probabilities);
  const double sum = std::exp(.5) + 1 + std::exp(.25);
  CHECK(probabilities[0] == Approx(std::exp(.5) / sum));
  CHECK(probabilities[1] == Approx(1 / sum));
  CHECK(probabilities[2] == Approx(std::exp(.25) / sum));

  file.base = R"("[1E0,2E0,3E0]")";
  const Result<std::vector<TreeModel>> based = load_xgboost_outputs(file.json());
  REQUIRE(based.has_value());
  CHECK((*based)[1].score(row) == 2);
  file.base = R"("[1E0,2E0]")";
  refuses(file, "/learner/learner_model_param/base_score", "1 number or 3, got 2");
  file.base = R"("5E-1")";
  file.info = "[0,3]";
  refuses(file, "/learner/gradient_booster/model/tree_info", "below 3");
  file.parameters = R"("num_class":"65536","num_feature":"65536")";
  file.more.clear();
  refuses(file, "/learner", "columns and categories");
}

TEST_CASE("xgboost: gblinear", "[score][xgboost]") {
  File file;
  file.booster = R"({"name":"gblinear","model":{"weights":[5E-1,-2E0,1E0],"boosted_rounds":3}})";
  file.more.clear();
  const Result<XgboostLinear> model = load_xgboost_linear(file.json());
  REQUIRE(model.has_value());
  const std::array row{3.0F, 1.0F};
  const std::array holed{3.0F, nothing};
  const double base = std::log(1.0 / 3) + 1;
  CHECK(model->score(row) == Approx(logistic(base + 1.5 - 2)).epsilon(1e-7));
  CHECK(model->score(holed) == Approx(logistic(base + 1.5)).epsilon(1e-7));
  refuses(file, "/learner/gradient_booster/name", "load_xgboost_linear");
  const Result<XgboostLinear> trees = load_xgboost_linear(File{}.json());
  REQUIRE_FALSE(trees.has_value());
  CHECK(trees.error().where == "/learner/gradient_booster/name");
  file.booster = R"({"name":"gblinear","model":{"weights":[5E-1,-2E0]}})";
  CHECK(load_xgboost_linear(file.json()).error().where ==
        "/learner/gradient_booster/model/weights");
  file.booster = R"({"name":"gblinear","model":{"weights":[5E-1,-2E0,Infinity]}})";
  CHECK_FALSE(load_xgboost_linear(file.json()).has_value());
}

TEST_CASE("xgboost: other things than JSON", "[score][xgboost]") {
  refuses(std::string(), "1:1", "save it as .json");
  refuses(std::string("{L\0\0\0\0\0\0\0\7learner{", 17), "1:1", "UBJSON");
  refuses(std::string("binf\1\2"), "1:1", "save it as .json");
  refuses(std::string("{\"learner\":\n {\"a\": }}"), "2:8", "a value must follow");
  refuses(std::string("{\"learner\":1}x"), "1:14", "nothing may follow");
  refuses(std::string("{}"), "/learner", "is missing");
  refuses(std::string("{\"learner\":[1]}"), "/learner", "must be an object, got a list");
  refuses(std::string("{\"a\":\"\\ud800\"}"), "1:13", "surrogate");
  refuses(std::string("{\"a\":\"\xff\"}"), "1:7", "UTF-8");
  refuses(std::string("{\"a\":\"\\x\"}"), "1:9", "escape");
  const std::string deep = "{\"a\":" + std::string(1000000, '[');
  CHECK(load_xgboost(deep).error().message == "not JSON here: nested too deep");
  const std::string whole = File{}.json();
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const Result<TreeModel> model = load_xgboost(std::string_view(whole).substr(0, cut));
    REQUIRE_FALSE(model.has_value());
  }
}

TEST_CASE("xgboost: parameters that are wrong", "[score][xgboost]") {
  const std::string at = "/learner/learner_model_param/";
  const auto parameters = [](const char* text) {
    File file;
    file.parameters = text;
    return file;
  };
  refuses(parameters(R"("num_class":"0")"), at + "num_feature", "is missing");
  refuses(parameters(R"("num_feature":"0")"), at + "num_feature", "needs a column");
  refuses(parameters(R"("num_feature":"4294967295")"), at + "num_feature", "more than 4194304");
  refuses(parameters(R"("num_feature":"-1")"), at + "num_feature", "whole number");
  refuses(parameters(R"("num_feature":"2.5")"), at + "num_feature", "whole number");
  refuses(parameters(R"("num_feature":"two")"), at + "num_feature", "must be a number");
  refuses(parameters(R"("num_feature":"2","num_class":"1E9")"), at + "num_class", "at most 65536");
  refuses(parameters(R"("num_feature":"3")"), "/learner/feature_names", "must be 3 texts, got 2");
  refuses(parameters(R"("num_feature":"1")"),
          "/learner/gradient_booster/model/trees/0/split_indices/1", "at most 0");
  for (const char* base : {R"("0E0")", R"("1E0")", R"("2E0")", R"("-1E0")"}) {
    File file;
    file.base = base;
    refuses(file, at + "base_score", "no score of this objective");
  }
  for (const char* base :
       {R"("")", R"("[]")", R"("[1,]")", R"("[1")", R"("NaN")", "[1]", R"("1E60")"}) {
    File file;
    file.base = base;
    INFO(base);
    REQUIRE_FALSE(load_xgboost(file.json()).has_value());
    CHECK(load_xgboost(file.json()).error().where == at + "base_score");
  }
  File file;
  file.more = R"(,"feature_names":["age","age"])";
  refuses(file, "/learner/feature_names", "twice");
  file.more = R"(,"feature_names":["age",""])";
  refuses(file, "/learner/feature_names", "needs a name");
  file.more = R"(,"feature_names":["age",7])";
  refuses(file, "/learner/feature_names/1", "must be a text, got a number");
  file = File{};
  file.booster = R"({"name":"tree of mine"})";
  refuses(file, "/learner/gradient_booster/name", "gbtree, dart or gblinear");
}

TEST_CASE("xgboost: trees that are wrong", "[score][xgboost]") {
  const std::string at = "/learner/gradient_booster/model/trees/0/";
  const auto tree = [](const char* from, const char* to) {
    File file;
    file.trees = replaced(file.trees, from, to);
    return file;
  };
  refuses(tree(R"("id":0)", R"("id":1)"), at + "id", "the tree's place");
  refuses(tree(R"("num_nodes":"7")", R"("num_nodes":"8")"), at + "split_type", "list of 8 numbers");
  refuses(tree(R"("num_nodes":"7")", R"("num_nodes":"0")"), at + "tree_param/num_nodes", "a node");
  refuses(tree(R"("num_nodes":"7")", R"("nodes":"7")"), at + "tree_param/num_nodes", "missing");
  refuses(tree(R"("size_leaf_vector":"0")", R"("size_leaf_vector":"3")"),
          at + "tree_param/size_leaf_vector", "vectors");
  refuses(tree("[1,3,-1", "[0,3,-1"), at + "left_children/0", "child of two nodes, or of itself");
  refuses(tree("[1,3,-1", "[1,2,-1"), at + "left_children/1", "child of two nodes");
  refuses(tree("[1,3,-1", "[7,3,-1"), at + "left_children/0", "at most 6");
  refuses(tree("[1,3,-1", "[1.5,3,-1"), at + "left_children/0", "whole number");
  refuses(tree("[2,4,-1", "[-1,4,-1"), at + "right_children/0", "whole number");
  refuses(tree("[2,4,-1", "[2,4,3"), at + "right_children/2", "-1 for a leaf");
  refuses(tree("[0,1,0,0,0,4", "[2,1,0,0,0,4"), at + "split_indices/0", "at most 1");
  refuses(tree("[0,1,0,0,0,4", "[1,1,0,0,0,4"), at + "split_indices/0", "category as a number");
  refuses(tree("[1.5E0,NaN", "[NaN,NaN"), at + "split_conditions/0", "must be a number");
  refuses(tree("-2.5E-1", "1E39"), at + "split_conditions/2", "finite");
  refuses(tree("-2.5E-1", "NaN"), at + "split_conditions/2", "finite");
  refuses(tree(R"("default_left":[1)", R"("default_left":[2)"), at + "default_left/0", "at most 1");
  refuses(tree(R"("sum_hessian":[10)", R"("sum_hessian":[NaN)"), at + "sum_hessian/0", "finite");
  refuses(tree(R"("sum_hessian":[10,6,4,3,3,0,0],)", ""), at + "sum_hessian", "is missing");
  refuses(tree(R"("categories":[0,2])", R"("categories":[0,16777216])"), at + "categories/1",
          "at most 16777215");
  refuses(tree(R"("categories":[0,2])", R"("categories":[0,16777215])"), "/learner",
          "columns and categories");
  refuses(tree(R"("categories_segments":[0])", R"("categories_segments":[1])"),
          at + "categories_sizes/0", "at most 1");
  refuses(tree(R"("categories_sizes":[2])", R"("categories_sizes":[0])"), at + "categories_sizes/0",
          "needs a category");
  refuses(tree(R"("categories_nodes":[1])", R"("categories_nodes":[2])"), at + "split_type/1",
          "categories_nodes");
  refuses(tree(R"("categories_nodes":[1])", R"("categories_nodes":[7])"), at + "categories_nodes/0",
          "at most 6");
  refuses(tree(R"("categories_nodes":[1])", R"("categories_nodes":["1"])"), at + "categories_nodes",
          "must be a list of numbers, got a list");
  File file;
  file.info = "[0]";
  refuses(file, "/learner/gradient_booster/model/tree_info", "list of 2 numbers, got 1");
  file = File{};
  file.trees = "1,2";
  refuses(file, "/learner/gradient_booster/model/trees", "must not be a list of numbers");
  // An infinite threshold is one: everything but missing values goes left.
  const TreeModel open = loaded(tree("[1.5E0,NaN", "[Infinity,NaN"));
  CHECK(margin_of(open, 1e30F, 1) == margin_of(open, 0, 1));
}

TEST_CASE("xgboost: texts with escapes", "[score][xgboost]") {
  File file;
  file.more = R"(,"feature_names":["\u00fcber \"x\" \\ \n\t\/\b\f\r","\ud83d\ude00"])";
  const TreeModel model = loaded(file);
  CHECK(model.schema()[0].name == "über \"x\" \\ \n\t/\b\f\r");
  CHECK(model.schema()[1].name == "\xF0\x9F\x98\x80");
}
