// XGBoost's files from any bytes: an error with a place, or models that answer and are saved and
// loaded as the same. An input that does not begin with '{' is changes to a real file, three bytes
// each: where, and the byte instead.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/score/xgboost_model.hpp"

namespace {

using namespace emptor;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr std::string_view real =
    R"({"learner":{"attributes":{"best_iteration":"0"},"feature_names":["a","b"],)"
    R"("feature_types":["float","c"],"gradient_booster":{"gbtree":{"model":{)"
    R"("cats":{"enc":[{"type":4,"values":[]},{"offsets":[0,1,2,3],"values":[97,98,99]}]},)"
    R"("gbtree_model_param":{"num_parallel_tree":"1","num_trees":"2"},)"
    R"("iteration_indptr":[0,1,2],"tree_info":[0,0],"trees":[{"categories":[0,2],)"
    R"("categories_nodes":[1],"categories_segments":[0],"categories_sizes":[2],)"
    R"("default_left":[1,0,0,0,0],"id":0,"left_children":[1,3,-1,-1,-1],)"
    R"("right_children":[2,4,-1,-1,-1],"split_conditions":[1.5E0,NaN,-2.5E-1,5E-1,1.25E-1],)"
    R"("split_indices":[0,1,0,0,0],"split_type":[0,1,0,0,0],"sum_hessian":[1E1,6,4,3,3],)"
    R"("tree_param":{"num_nodes":"5","size_leaf_vector":"0"}},{"default_left":[0],"id":1,)"
    R"("left_children":[-1],"right_children":[-1],"split_conditions":[2.5E-1],)"
    R"("split_indices":[0],"sum_hessian":[1E1],"tree_param":{"num_nodes":"1"}}]}},)"
    R"("name":"dart","weight_drop":[1E0,5E-1]},"learner_model_param":{"base_score":"5E-1",)"
    R"("num_class":"0","num_feature":"2","num_target":"1"},)"
    R"("objective":{"name":"binary:logistic"}},"version":[1,7,4]})";

void read(std::string_view json, const XgboostOptions& options) {
  const Result<std::vector<TreeModel>> models = load_xgboost_outputs(json, options);
  if (!models) {
    require(!models.error().message.empty() && !models.error().where.empty());
  } else {
    for (const TreeModel& model : *models) {
      if (model.schema().size() > 1000) break;
      const std::vector<float> row(model.schema().size(), 1.0F);
      const double score = model.score(row);
      const Result<TreeModel> again = TreeModel::load(model.save());
      require(again.has_value() && *again == model && again->score(row) == score);
    }
  }
  if (const Result<XgboostLinear> linear = load_xgboost_linear(json, options)) {
    const std::vector<float> row(linear->predictor.schema().size(), 1.0F);
    static_cast<void>(linear->score(row));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string json(reinterpret_cast<const char*>(data), size);
  if (!json.starts_with('{')) {
    json.assign(real);
    for (std::size_t i = 0; i + 3 <= size; i += 3) {
      json[(std::size_t{data[i]} << 8U | data[i + 1]) % json.size()] =
          static_cast<char>(data[i + 2]);
    }
  }
  XgboostOptions options;
  read(json, options);
  options.margins = true;
  options.to_best_round = true;
  read(json, options);
  return 0;
}
