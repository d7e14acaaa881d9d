#pragma once

/// @file
/// XGBoost itself, through its C API: what imported models are compared with.

#include <xgboost/c_api.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/score/score_table.hpp"

namespace emptor::test {

inline void xgboost_call(int failed) {
  if (failed != 0) throw std::runtime_error(XGBGetLastError());
}

/// Rows as XGBoost takes them in; NaN is missing.
class XgboostRows {
 public:
  explicit XgboostRows(const ScoreTable& table) {
    std::vector<float> values;
    values.reserve(table.rows() * table.columns());
    for (std::size_t i = 0; i < table.rows(); ++i) {
      values.insert(values.end(), table.row(i).begin(), table.row(i).end());
    }
    xgboost_call(XGDMatrixCreateFromMat(values.data(), table.rows(), table.columns(), missing_value,
                                        &handle_));
    std::vector<const char*> types;
    for (const ScoreColumn& column : table.schema().columns()) {
      types.push_back(column.kind == ScoreColumnKind::category ? "c" : "float");
    }
    xgboost_call(XGDMatrixSetStrFeatureInfo(handle_, "feature_type", types.data(), types.size()));
  }
  ~XgboostRows() { XGDMatrixFree(handle_); }
  XgboostRows(const XgboostRows&) = delete;
  XgboostRows& operator=(const XgboostRows&) = delete;

  void set(const char* field, std::span<const double> values) {
    const std::vector<float> narrow(values.begin(), values.end());
    xgboost_call(XGDMatrixSetFloatInfo(handle_, field, narrow.data(), narrow.size()));
  }
  /// Groups of rows that are ranked against each other.
  void groups(const std::vector<unsigned>& sizes) {
    xgboost_call(XGDMatrixSetUIntInfo(handle_, "group", sizes.data(), sizes.size()));
  }
  [[nodiscard]] DMatrixHandle handle() const noexcept { return handle_; }

 private:
  DMatrixHandle handle_ = nullptr;
};

using XgboostParameters = std::vector<std::pair<std::string, std::string>>;

class XgboostBooster {
 public:
  /// Trained on one thread.
  XgboostBooster(const XgboostRows& rows, const XgboostParameters& parameters, int rounds) {
    DMatrixHandle handle = rows.handle();
    xgboost_call(XGBoosterCreate(&handle, 1, &handle_));
    set("nthread", "1");
    set("verbosity", "0");
    for (const auto& [name, value] : parameters) set(name, value);
    for (int round = 0; round < rounds; ++round) {
      xgboost_call(XGBoosterUpdateOneIter(handle_, round, handle));
    }
  }
  ~XgboostBooster() { XGBoosterFree(handle_); }
  XgboostBooster(const XgboostBooster&) = delete;
  XgboostBooster& operator=(const XgboostBooster&) = delete;

  void set(const std::string& name, const std::string& value) {
    xgboost_call(XGBoosterSetParam(handle_, name.c_str(), value.c_str()));
  }
  void set_attribute(const char* name, const char* value) {
    xgboost_call(XGBoosterSetAttr(handle_, name, value));
  }
  /// Names and types that the file will have, as XGBoost's Python package sets them.
  void name_columns(const ScoreSchema& schema) {
    std::vector<const char*> types;
    std::vector<const char*> names;
    for (const ScoreColumn& column : schema.columns()) {
      types.push_back(column.kind == ScoreColumnKind::category ? "c" : "float");
      names.push_back(column.name.c_str());
    }
    xgboost_call(XGBoosterSetStrFeatureInfo(handle_, "feature_name", names.data(), names.size()));
    xgboost_call(XGBoosterSetStrFeatureInfo(handle_, "feature_type", types.data(), types.size()));
  }
  [[nodiscard]] std::string json() const {
    bst_ulong length = 0;
    const char* bytes = nullptr;
    xgboost_call(XGBoosterSaveModelToBuffer(handle_, R"({"format":"json"})", &length, &bytes));
    return {bytes, length};
  }

  enum class Kind : std::uint8_t { score = 0, margin = 1, parts = 2, interactions = 4, leaf = 6 };
  /// All values, row after row. `rounds` 0: all.
  [[nodiscard]] std::span<const float> predict(const XgboostRows& rows, Kind kind = Kind::score,
                                               int rounds = 0) const {
    const std::string config = R"({"type":)" + std::to_string(static_cast<int>(kind)) +
                               R"(,"training":false,"iteration_begin":0,"iteration_end":)" +
                               std::to_string(rounds) + R"(,"strict_shape":false})";
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    xgboost_call(XGBoosterPredictFromDMatrix(handle_, rows.handle(), config.c_str(), &shape,
                                             &dimensions, &values));
    std::size_t size = 1;
    for (bst_ulong d = 0; d < dimensions; ++d) size *= shape[d];
    return {values, size};
  }
  [[nodiscard]] BoosterHandle handle() const noexcept { return handle_; }

 private:
  BoosterHandle handle_ = nullptr;
};

}  // namespace emptor::test
