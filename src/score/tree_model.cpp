#include "emptor/score/tree_model.hpp"

#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

TreeModel::TreeModel(ScoreSchema schema, FlatTrees trees)
    : schema_(std::move(schema)), trees_(std::move(trees)) {
  if (schema_.size() != trees_.columns()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("trees of ", trees_.columns(), " columns for ", schema_.size()),
                    "TreeModel");
  }
  for (const TreeNode& node : trees_.parts().nodes) {
    if (node.left == 0) continue;
    const bool number = schema_[node.column].kind == ScoreColumnKind::number;
    if (number != (node.set == 0)) {
      throw Exception(ErrorCode::invalid_value,
                      "a split asks a category as a number, or a number as a category",
                      "TreeModel");
    }
  }
}

void TreeModel::score(const ScoreTable& table, std::span<double> out,
                      const Context& context) const {
  if (!(table.schema() == schema_)) {
    throw Exception(ErrorCode::invalid_value,
                    "the table has other columns or categories than the model; see map_rows",
                    "TreeModel::score");
  }
  trees_.scores(table.values(), out, context);
}

std::vector<std::byte> TreeModel::save() const {
  ArchiveWriter writer("tree-model", 1);
  schema_.save(writer.section("schema"));
  trees_.save(writer.section("trees"));
  return std::move(writer).finish();
}

Result<TreeModel> TreeModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "tree-model", 1);
  if (!reader) return reader.error();
  Result<SectionReader> columns = reader->section("schema");
  if (!columns) return columns.error();
  Result<ScoreSchema> schema = ScoreSchema::load(*columns);
  if (!schema) return schema.error();
  if (Result<void> done = columns->finish(); !done) return done.error();
  Result<SectionReader> section = reader->section("trees");
  if (!section) return section.error();
  Result<FlatTrees> trees = FlatTrees::load(*section);
  if (!trees) return trees.error();
  if (Result<void> done = section->finish(); !done) return done.error();
  try {
    return TreeModel(*std::move(schema), *std::move(trees));
  } catch (const Exception& wrong) {
    return Error{ErrorCode::corrupt, wrong.error().message, "tree-model"};
  }
}

}  // namespace emptor
